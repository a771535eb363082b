import type { StoreFailure, StoreFailureKind } from '../model/index.js';
import { protocolOf } from './greeting.js';
import type { Expected, Look, Meeting, Place } from './meeting.js';

/** What a meeting shows of an address: that the expected server is there, or what is wrong. */
export function describeMeeting(place: Place, meeting: Meeting, limitMs: number): Look {
  const { knock } = meeting;
  const failure = failureShown(place, meeting, limitMs);
  if (failure !== undefined) return { status: 'not-there', failure };
  return { status: 'there', answer: knock.kind === 'answered' ? knock.bytes : Buffer.alloc(0) };
}

function failureShown(place: Place, meeting: Meeting, limitMs: number): StoreFailure | undefined {
  const { knock } = meeting;
  const { product, setting } = place.expected;
  const fail = (kind: StoreFailureKind, saw: string, nextStep: string): StoreFailure => ({
    kind,
    address: place.address,
    saw,
    nextStep,
  });
  const start = `Start ${product} there, or correct ${setting}.`;
  switch (knock.kind) {
    case 'answered':
      return describeAnswer(place, meeting, knock);
    case 'refused':
      return fail('refused', 'refuses the connection: nothing listens there', start);
    case 'unknown-host':
      return fail('unknown-host', `is at a host that nobody knows (${knock.code})`, `Correct the host in ${setting}.`);
    case 'no-route':
      return fail(
        'no-route',
        `cannot be reached from here (${knock.code})`,
        `Check the network, or correct ${setting}.`,
      );
    case 'unaccepted':
      return fail(
        'silent',
        `took no connection within ${limitMs} ms`,
        `Check the network and firewalls, or ${setting}.`,
      );
    case 'silent':
    case 'hung-up':
      return describeNothing(place, meeting, { ...knock, limitMs });
    case 'not-tls':
      return fail('other-protocol', 'speaks no TLS', place.expected.withoutTls);
    case 'failed':
      return knock.code.includes('ALERT')
        ? fail(
            'untrusted',
            `ends the TLS handshake (${knock.code})`,
            `Check which certificates and versions of TLS ${product} wants there.`,
          )
        : fail('no-route', `cannot be connected to (${knock.code})`, `Correct ${setting}.`);
    default:
      return knock satisfies never;
  }
}

interface Answer {
  readonly bytes: Buffer;
  readonly distrust: string | undefined;
}

function describeAnswer(
  place: Place,
  { greeting, tls }: Meeting,
  { bytes, distrust }: Answer,
): StoreFailure | undefined {
  const { address, expected } = place;
  const own = expected.greeting.protocol;
  const isOwn = greeting === expected.greeting && greeting.recognise(bytes) === true;
  if (!isOwn && protocolOf(bytes) !== own) {
    return { kind: 'other-protocol', address, ...strangerWords(place, bytes, tls) };
  }
  if (!isOwn && tls === (place.tls !== 'none')) {
    return {
      kind: 'silent',
      address,
      saw: `speaks ${own}, but does not answer what it is asked`,
      nextStep: wellBeing(expected),
    };
  }
  if (place.tls === 'none') {
    if (!tls) return undefined;
    return { kind: 'tls-expected', address, saw: `speaks ${own} inside TLS only`, nextStep: expected.withTls };
  }
  if (!tls) {
    return { kind: 'plain-expected', address, saw: `speaks ${own} without TLS`, nextStep: expected.withoutTls };
  }
  if (distrust === undefined || place.tls === 'any') return undefined;
  const nextStep = `Have it certified by an authority that Node trusts (NODE_EXTRA_CA_CERTS), under the name in ${expected.setting}.`;
  return { kind: 'untrusted', address, saw: `shows a certificate that is not trusted (${distrust})`, nextStep };
}

function strangerWords({ expected }: Place, bytes: Buffer, tls: boolean): Pick<StoreFailure, 'saw' | 'nextStep'> {
  const own = expected.greeting.protocol;
  const protocol = protocolOf(bytes);
  const inside = tls ? ' inside TLS' : '';
  const saw =
    protocol === undefined
      ? `answers${inside}, but not in ${own}: ${quote(bytes)}`
      : `speaks ${protocol}${inside}, not ${own}`;
  return { saw, nextStep: `Correct ${expected.setting}: another server has that port.` };
}

interface Nothing {
  readonly kind: 'silent' | 'hung-up';
  readonly secured: boolean;
  readonly limitMs: number;
}

function describeNothing(place: Place, { tls }: Meeting, { kind, secured, limitMs }: Nothing): StoreFailure {
  const { address, expected } = place;
  const what = kind === 'silent' ? `says nothing within ${limitMs} ms` : 'hangs up without an answer';
  if (secured && place.tls === 'none' && tls) {
    return { kind: 'tls-expected', address, saw: `speaks TLS, and inside it ${what}`, nextStep: expected.withTls };
  }
  const saw = `takes the connection, but ${what}`;
  return { kind, address, saw, nextStep: wellBeing(expected) };
}

function wellBeing({ product, setting }: Expected): string {
  return `Look whether ${product} is well there, or correct ${setting}.`;
}

const QUOTED_BYTES = 24;

function quote(bytes: Buffer): string {
  const text = bytes.subarray(0, QUOTED_BYTES).toString('latin1');
  return /^[\x20-\x7e\r\n\t]+$/.test(text)
    ? JSON.stringify(text)
    : `0x${bytes.subarray(0, QUOTED_BYTES).toString('hex')}`;
}
