import { TracecourtError } from '../errors.js';
import { KAFKA } from './greeting.js';
import { lookAtAddress } from './look-at-address.js';
import type { Expected, Look, Place } from './meeting.js';

const EXPECTED: Expected = {
  product: 'Kafka',
  greeting: KAFKA,
  setting: 'KAFKA_BROKERS',
  withTls: 'Put the address of a listener without TLS in KAFKA_BROKERS: Tracecourt reads Kafka without TLS only.',
  withoutTls: 'Put the address of a listener without TLS in KAFKA_BROKERS.',
};

/** Where a broker is. Throws TracecourtError `invalid-config` for an address that is none. */
export function kafkaPlace(address: string): Place {
  const match = /^\[?([^\s\]/]+?)\]?:(\d{1,5})$/.exec(address);
  if (!match) {
    throw new TracecourtError('invalid-config', `"${address}" is no address of a Kafka broker.`, {
      nextStep: 'Write it as HOST:PORT.',
    });
  }
  return { host: match[1] ?? '', port: Number(match[2]), address, tls: 'none', expected: EXPECTED };
}

/** One broker that is there is enough; otherwise all that is wrong, of the kind of the first. */
export async function lookAtBrokers(places: readonly Place[], questionMs: number): Promise<Look> {
  const looks = places.map((place) => lookAtAddress(place, questionMs));
  const found = looks.map(async (look) => {
    const { status } = await look;
    if (status !== 'there') throw new Error('not there');
    return look;
  });
  return Promise.any(found).catch(async () => allOf(await Promise.all(looks)));
}

function allOf(looks: readonly Look[]): Look {
  const failures = looks.flatMap((look) => (look.status === 'not-there' ? [look.failure] : []));
  const [first] = failures;
  if (first === undefined || failures.length === 1) return looks[0] ?? { status: 'there', answer: Buffer.alloc(0) };
  const address = failures.map((failure) => failure.address).join(',');
  const saw = `has no broker to talk to: ${failures.map((failure) => `${failure.address} ${failure.saw}`).join('; ')}`;
  return { status: 'not-there', failure: { ...first, address, saw } };
}
