/** A first word to a server that asks nothing of it, and how its kind answers. */
export interface Greeting {
  readonly protocol: string;
  readonly say: Uint8Array;
  /** Whether a server of this kind has said this; undefined while it is too little to tell. */
  readonly recognise: (received: Buffer) => boolean | undefined;
}

/** An answer before a logon too: that it wants one, or that it is not ready. */
const RESP_ANSWER =
  /^(\+PONG|-(NOAUTH|DENIED|LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|MISCONF|NOPERM) |-ERR (max number of|operation not permitted))/;

export const RESP: Greeting = {
  protocol: 'the Redis protocol',
  say: Buffer.from('PING\r\n'),
  recognise: (received) => {
    const text = received.toString('latin1');
    return RESP_ANSWER.test(text) || (text.length < 5 ? undefined : false);
  },
};

/** Versions 5.8 down to 4.1; 0 where there is nothing more to offer. */
const BOLT_OFFER = [0x60, 0x60, 0xb0, 0x17, 0, 8, 8, 5, 0, 3, 4, 4, 0, 0, 1, 4, 0, 0, 0, 0];
const NEWEST_BOLT = 15;

export const BOLT: Greeting = {
  protocol: 'Bolt',
  say: Uint8Array.from(BOLT_OFFER),
  // `0 0 minor major`, and no byte more; all zero when it knows none of the versions.
  recognise: (received) =>
    received.length < 4
      ? undefined
      : received.length === 4 && received.readUInt16BE(0) === 0 && received.readUInt8(3) <= NEWEST_BOLT,
};

const API_VERSIONS = 18;
const CORRELATION_ID = 0x7472;
const SHORTEST_ANSWER_BYTES = 6;
const LONGEST_ANSWER_BYTES = 1_000_000;

/** The one question that every Kafka answers in every version, to anybody. */
export const KAFKA: Greeting = {
  protocol: 'the Kafka protocol',
  say: kafkaQuestion(),
  recognise: (received) => {
    if (received.length < 8) return undefined;
    const length = received.readInt32BE(0);
    const isPlausible = length >= SHORTEST_ANSWER_BYTES && length <= LONGEST_ANSWER_BYTES;
    if (!isPlausible || received.readInt32BE(4) !== CORRELATION_ID) return false;
    return received.length >= 4 + length ? true : undefined;
  },
};

export const GREETINGS: readonly Greeting[] = [RESP, BOLT, KAFKA];

function kafkaQuestion(): Buffer {
  const frame = Buffer.alloc(14);
  frame.writeInt32BE(10, 0);
  frame.writeInt16BE(API_VERSIONS, 4);
  frame.writeInt32BE(CORRELATION_ID, 8);
  frame.writeInt16BE(-1, 12);
  return frame;
}

/** How others begin, as text and in hexadecimal. */
const SIGNS: readonly (readonly [RegExp, string])[] = [
  [/^HTTP\/\d|^<(!doctype )?html/i, 'HTTP'],
  [/^SSH-/, 'SSH'],
  [/^AMQP/, 'AMQP'],
  [/^220[ -]/, 'mail or FTP'],
];
const BINARY_SIGNS: readonly (readonly [RegExp, string])[] = [
  // The frame of settings, which opens each connection.
  [/^0000..0400{5}/, 'HTTP/2'],
  // An alert.
  [/^15030[0-4]/, 'TLS'],
  [/^.{6}000a3[0-9]/, 'the MySQL protocol'],
];

/** The protocol that these bytes are of, if one can tell. */
export function protocolOf(received: Buffer): string | undefined {
  const greeted = GREETINGS.find(({ recognise }) => recognise(received) === true);
  return (
    greeted?.protocol ?? named(SIGNS, received.toString('latin1')) ?? named(BINARY_SIGNS, received.toString('hex'))
  );
}

function named(signs: typeof SIGNS, text: string): string | undefined {
  return signs.find(([sign]) => sign.test(text))?.[1];
}
