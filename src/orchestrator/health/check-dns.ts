import { lookup } from 'node:dns/promises';
import { within } from '../../lib/within.js';
import type { ServiceHealth, StoreFailureKind } from '../../model/index.js';

/** Asks for the addresses of a name as any program of this machine would. */
export async function checkDns(name: string, timeoutMs: number): Promise<ServiceHealth> {
  const startedAt = performance.now();
  const found = await within(addressesOf(name), timeoutMs);
  const latencyMs = performance.now() - startedAt;
  const checked = { name, kind: 'dns', address: name, product: undefined, version: undefined, latencyMs } as const;
  const fail = (failure: StoreFailureKind, saw: string, nextStep: string): ServiceHealth => ({
    ...checked,
    state: 'unhealthy',
    saw,
    failure,
    nextStep,
  });
  if (found === 'late')
    return fail('silent', `has no answer within ${timeoutMs} ms`, 'Look whether the resolver is well.');
  const { addresses, code } = found.value;
  if (code === undefined) return { ...checked, state: 'healthy', saw: `is ${addresses.join(', ')}` };
  return code === 'EAI_AGAIN'
    ? fail('unable', `cannot be asked for: no resolver answers (${code})`, 'Look whether the resolver is well.')
    : fail('unknown-host', `is a name that nobody knows (${code})`, 'Correct the name.');
}

async function addressesOf(name: string): Promise<{ readonly addresses: readonly string[]; readonly code?: string }> {
  try {
    const found = await lookup(name, { all: true });
    return { addresses: found.map(({ address }) => address) };
  } catch (error) {
    return { addresses: [], code: (error as NodeJS.ErrnoException).code ?? String(error) };
  }
}
