import { splitAddress } from '../../lib/address.js';
import type { ServiceHealth } from '../../model/index.js';
import { type Expected, reachAddress } from '../../stores/index.js';

const ANYBODY: Expected = {
  product: 'the service',
  greeting: { protocol: 'TCP', say: new Uint8Array(), recognise: () => true },
  setting: 'the address',
  withTls: '',
  withoutTls: '',
};

/** Looks whether a port takes connections; nothing is said to it. */
export async function checkTcp(address: string, timeoutMs: number): Promise<ServiceHealth> {
  const startedAt = performance.now();
  const look = await reachAddress({ ...splitAddress(address), address, tls: 'none', expected: ANYBODY }, timeoutMs);
  const latencyMs = performance.now() - startedAt;
  const checked = { name: address, kind: 'tcp', address, product: undefined, version: undefined, latencyMs } as const;
  if (look.status === 'there') return { ...checked, state: 'healthy', saw: 'takes connections' };
  const { kind: failure, saw, nextStep } = look.failure;
  return { ...checked, state: 'unhealthy', saw, failure, nextStep };
}
