const MAGIC = 0x6060b017;
const HANDSHAKE_BYTES = 20;
const MAJOR = 5;
const MIN_MINOR = 0;
const MAX_MINOR = 4;

export interface BoltVersion {
  readonly major: number;
  readonly minor: number;
}

/** What the first bytes of a connection came to. */
export type Handshake =
  | { readonly kind: 'incomplete' }
  /** No Bolt client, or one from another time: answer with `reply` if there is one, then close. */
  | { readonly kind: 'refused'; readonly reply: Buffer | undefined }
  | { readonly kind: 'agreed'; readonly version: BoltVersion; readonly reply: Buffer; readonly rest: Buffer };

/** Chooses the newest version that the client offers and we speak: Bolt 5.0 to 5.4. The client's order of wishes wins. */
export function shakeHands(bytes: Buffer): Handshake {
  if (bytes.length >= 4 && bytes.readUInt32BE() !== MAGIC) return { kind: 'refused', reply: undefined };
  if (bytes.length < HANDSHAKE_BYTES) return { kind: 'incomplete' };
  for (let at = 4; at < HANDSHAKE_BYTES; at += 4) {
    const minor = commonMinor(bytes.subarray(at, at + 4));
    if (minor !== undefined) {
      const reply = Buffer.of(0, 0, minor, MAJOR);
      return { kind: 'agreed', version: { major: MAJOR, minor }, reply, rest: bytes.subarray(HANDSHAKE_BYTES) };
    }
  }
  return { kind: 'refused', reply: Buffer.alloc(4) };
}

/** An offer is `0, range, minor, major`: all minors from `minor - range` to `minor`. */
function commonMinor(offer: Buffer): number | undefined {
  const [, range = 0, minor = 0, major = 0] = offer;
  if (major !== MAJOR) return undefined;
  const best = Math.min(minor, MAX_MINOR);
  return best >= Math.max(MIN_MINOR, minor - range) ? best : undefined;
}
