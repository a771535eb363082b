/**
 * What a command answers, before it is written in RESP2 or RESP3.
 *
 * Strings hold bytes, one character a byte (latin1), so that keys and values are binary-safe, compare in byte order and can
 * be keys of a Map.
 */
export type Reply =
  | { readonly kind: 'simple'; readonly text: string }
  | ErrorReply
  | { readonly kind: 'integer'; readonly value: number | bigint }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'bulk'; readonly bytes: string }
  | { readonly kind: 'verbatim'; readonly bytes: string }
  | { readonly kind: 'nil' }
  | { readonly kind: 'nil-array' }
  | { readonly kind: 'array'; readonly items: readonly Reply[] }
  | { readonly kind: 'set'; readonly items: readonly Reply[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [Reply, Reply])[] }
  /** Members with scores: flat in RESP2, pairs in RESP3. */
  | { readonly kind: 'scored'; readonly pairs: readonly (readonly [string, number])[] }
  /** Out of band in RESP3, an array in RESP2. */
  | { readonly kind: 'push'; readonly items: readonly Reply[] }
  /** Several frames for one command: a SUBSCRIBE to several channels. */
  | { readonly kind: 'several'; readonly frames: readonly Reply[] };

export interface ErrorReply {
  readonly kind: 'error';
  readonly text: string;
}

export const OK: Reply = { kind: 'simple', text: 'OK' };
export const NIL: Reply = { kind: 'nil' };
export const NIL_ARRAY: Reply = { kind: 'nil-array' };
/** For a command that is answered later. */
export const NO_REPLY: Reply = { kind: 'several', frames: [] };

export function simple(text: string): Reply {
  return { kind: 'simple', text };
}

export function error(text: string): ErrorReply {
  return { kind: 'error', text };
}

export function integer(value: number | bigint | boolean): Reply {
  return { kind: 'integer', value: typeof value === 'boolean' ? Number(value) : value };
}

/** A string, or nil for undefined. */
export function bulk(bytes: string | undefined): Reply {
  return bytes === undefined ? NIL : { kind: 'bulk', bytes };
}

export function array(items: readonly Reply[]): Reply {
  return { kind: 'array', items };
}

export function bulks(items: Iterable<string>): Reply {
  return array(Array.from(items, bulk));
}
