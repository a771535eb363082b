import type { StoreFailure, StoreFailureKind } from '../model/index.js';
import { UnreadableEntry } from './redis-entry.js';
import { StoreFailed } from './store-failed.js';

interface Refusal {
  readonly sign: RegExp;
  readonly kind: StoreFailureKind;
  readonly words: string;
  readonly nextStep: string;
}

/** How the server words a refusal, and what that is. */
const REFUSALS: readonly Refusal[] = [
  {
    sign: /^(WRONGPASS|NOAUTH|NOPERM|DENIED)|invalid password/,
    kind: 'credentials',
    words: 'refuses the credentials',
    nextStep: 'Correct the user and the password in REDIS_URL.',
  },
  {
    sign: /DB index is out of range|invalid DB index/,
    kind: 'no-database',
    words: 'has no such database',
    nextStep: 'Correct the number at the end of REDIS_URL.',
  },
];
const UNABLE = { kind: 'unable', words: 'cannot answer', nextStep: 'Look into its log.' } as const;

/** Puts what went wrong into words, of a server that is known to speak the protocol of Redis. */
export function explainRedisFailure(error: unknown, address: string): StoreFailure {
  if (error instanceof StoreFailed) return error.failure;
  const said = (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
  if (error instanceof UnreadableEntry) {
    return {
      kind: 'unreadable',
      address,
      saw: `answers, but nothing can be concluded: ${said}`,
      nextStep: 'See what is kept there.',
    };
  }
  if (!isRefusal(error)) {
    const saw = `ends the connection while it is asked: ${said}`;
    return { kind: 'hung-up', address, saw, nextStep: 'Look into its log.' };
  }
  const { kind, words, nextStep } = REFUSALS.find(({ sign }) => sign.test(said)) ?? UNABLE;
  return { kind, address, saw: `${words}: ${said}`, nextStep };
}

/** True for what the server itself has answered, false for what happened to the connection. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}
