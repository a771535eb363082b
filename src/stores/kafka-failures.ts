import type { StoreFailure, StoreFailureKind } from '../model/index.js';
import { StoreFailed } from './store-failed.js';

interface ClientError extends Error {
  /** Of the protocol: `TOPIC_AUTHORIZATION_FAILED`. */
  readonly type?: string;
  readonly code?: string | number;
  readonly broker?: string;
}

/** What was tried: failures name it. */
export interface KafkaAttempt {
  readonly address: string;
  readonly brokers: readonly string[];
  /** What the probe was doing: `reading topic "a" to its end`. */
  readonly doing: string;
}

/** Puts what the client threw into words, of a broker that is known to speak the protocol of Kafka. */
export function explainKafkaFailure(error: unknown, { address, brokers, doing }: KafkaAttempt): StoreFailure {
  if (error instanceof StoreFailed) return error.failure;
  const { name, message, type = '', code, broker } = rootOf(error);
  const said = (message.split('\n')[0] ?? '').replace(/\.$/, '');
  const fail = (kind: StoreFailureKind, saw: string, nextStep: string) => ({ kind, address, saw, nextStep });
  if (/AUTHORIZATION_FAILED$/.test(type))
    return fail(
      'credentials',
      `does not permit what was asked while ${doing} (${type})`,
      'Permit it for clients without a logon.',
    );
  if (/SASL/.test(`${type} ${name}`))
    return fail(
      'credentials',
      `wants a logon (${said})`,
      'Give the address of a listener that wants none in KAFKA_BROKERS.',
    );
  if (type !== '') return fail('unable', `cannot answer while ${doing}: ${said} (${type})`, 'Look into its log.');
  if (name === 'KafkaJSConnectionError' && broker !== undefined && !brokers.includes(broker)) {
    const saw = `answers, and sends its clients on to ${broker}, which cannot be reached (${code ?? said})`;
    return fail('no-route', saw, "Correct the broker's advertised.listeners.");
  }
  if (name === 'KafkaJSRequestTimeoutError')
    return fail('silent', `speaks the Kafka protocol, but gives no answer while ${doing}`, 'Look into its log.');
  return fail(
    'hung-up',
    `ends the connection while ${doing}: ${said}`,
    'Look into its log; a listener that wants a logon (SASL) does so, and Tracecourt cannot log on.',
  );
}

/** The client wraps what happened in what it tried. */
function rootOf(error: unknown): ClientError {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error) return rootOf(cause);
  return error instanceof Error ? error : new Error(String(error));
}
