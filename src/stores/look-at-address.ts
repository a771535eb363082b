import { setTimeout as delay } from 'node:timers/promises';
import { knock } from '../lib/knock.js';
import { timeLimit } from '../lib/time-limit.js';
import { describeMeeting } from './describe-meeting.js';
import { GREETINGS, type Greeting, protocolOf } from './greeting.js';
import type { Look, Meeting, Place } from './meeting.js';

/** The share of a question's time that a look may take: what it saw has to come before the time is up. */
const LOOK_SHARE = 0.9;

/** Silence longer than this share of the time is met with other words. */
const SILENCE_SHARE = 1 / 4;

/**
 * Looks whether a server of the expected kind answers at an address, with no client between: connects, says the first word of
 * its protocol, and hears. Where something else comes, or nothing, it tries the other words that it knows, with and without
 * TLS, to tell what is there. Takes less than the question's own limit, and asks nothing of whoever answers.
 */
export async function lookAtAddress(place: Place, questionMs: number): Promise<Look> {
  const limitMs = Math.round(questionMs * LOOK_SHARE);
  const over = new AbortController();
  using limit = timeLimit(limitMs, over.signal);
  const { signal } = limit;
  const first = meet(place, { greeting: place.expected.greeting, tls: place.tls !== 'none', signal });
  try {
    const soon = await Promise.race([first, delay(limitMs * SILENCE_SHARE, undefined, { signal, ref: false })]);
    const telling = soon && tellsAll(soon) ? soon : await mostTelling([first, ...otherWords(place, signal)]);
    return describeMeeting(place, telling, limitMs);
  } finally {
    over.abort();
  }
}

/** Looks whether anybody takes connections at an address, and says nothing. */
export async function reachAddress(place: Place, limitMs: number): Promise<Look> {
  const { host, port } = place;
  const signal = AbortSignal.timeout(limitMs);
  const came = await knock({ host, port, say: undefined, tls: false, isEnough: () => true, signal });
  if (came.kind === 'answered') return { status: 'there', answer: came.bytes };
  return describeMeeting(place, { greeting: place.expected.greeting, tls: false, knock: came }, limitMs);
}

async function meet(
  { host, port }: Place,
  words: { readonly greeting: Greeting; readonly tls: boolean; readonly signal: AbortSignal },
): Promise<Meeting> {
  const { greeting, tls, signal } = words;
  const isEnough = (received: Buffer) => greeting.recognise(received) !== undefined;
  return { greeting, tls, knock: await knock({ host, port, say: greeting.say, tls, isEnough, signal }) };
}

/** Every greeting, with and without TLS, but the one that was tried first. */
function otherWords(place: Place, signal: AbortSignal): readonly Promise<Meeting>[] {
  const isFirst = (greeting: Greeting, tls: boolean) =>
    greeting === place.expected.greeting && tls === (place.tls !== 'none');
  return [false, true].flatMap((tls) =>
    GREETINGS.filter((greeting) => !isFirst(greeting, tls)).map((greeting) => meet(place, { greeting, tls, signal })),
  );
}

/** The first to say who is there; else one that got TLS; else the first of all. */
async function mostTelling(meetings: readonly [Promise<Meeting>, ...Promise<Meeting>[]]): Promise<Meeting> {
  const named = meetings.map(async (meeting) => {
    const met = await meeting;
    if (!namesProtocol(met)) throw new Error('tells nothing');
    return met;
  });
  return Promise.any(named).catch(async () => {
    const [first, ...others] = await Promise.all(meetings);
    return tellsAll(first) ? first : (others.find(gotTls) ?? first);
  });
}

/** Whether no other words could tell more. */
function tellsAll(meeting: Meeting): boolean {
  const { kind } = meeting.knock;
  return (
    namesProtocol(meeting) || !(kind === 'answered' || kind === 'hung-up' || kind === 'silent' || kind === 'not-tls')
  );
}

function namesProtocol({ greeting, knock: came }: Meeting): boolean {
  if (came.kind !== 'answered') return false;
  const protocol = greeting.recognise(came.bytes) ? greeting.protocol : protocolOf(came.bytes);
  // Of TLS we want to know what is inside.
  return protocol !== undefined && protocol !== 'TLS';
}

function gotTls({ knock: came }: Meeting): boolean {
  return ('secured' in came && came.secured) || (came.kind === 'failed' && came.code.includes('ALERT'));
}
