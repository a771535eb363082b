import { type Awaited, firstFew, type RunEventOf } from '../model/index.js';
import { count, duration, list } from './words.js';

/** Of so many things awaited each is named; the rest are a number. */
const MOST_NAMED = 3;

/** What an open request waits for, since when, and what was last seen: `awaiting event-handled since 1.2 s`. */
export function awaitingSentence({
  awaited,
  spans,
  lastSeen,
}: Pick<RunEventOf<'awaiting'>, 'awaited' | 'spans' | 'lastSeen'>): string {
  const named = firstFew(awaited, { most: MOST_NAMED, tell: awaitedWords });
  const what = named.length === 0 ? 'its completion' : list(named);
  const seen = spans === 0 ? 'no span has come yet' : `${count(spans, 'span')} so far`;
  return `awaiting ${what}; ${seen}${lastSeen ? `, last \`${lastSeen.step}\` of ${lastSeen.service}` : ''}`;
}

function awaitedWords({ what, name, sinceMs }: Awaited): string {
  return `${AWAITED[what](name)} since ${duration(sinceMs)}`;
}

const AWAITED: { readonly [W in Awaited['what']]: (name: string) => string } = {
  answer: () => 'the answer',
  step: (name) => `\`${name}\``,
  spans: (name) => `spans of ${name}`,
  receipt: (name) => `spans of ${name}, which was handed something`,
  caller: (name) => `the span that called ${name}`,
};
