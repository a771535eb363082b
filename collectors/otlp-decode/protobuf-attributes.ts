import type { Attributes, AttributeValue } from '../../src/model/index.js';
import { checkKeyValue, readKeyValue } from './any-value.js';
import { WIRE, WireReader } from './wire-reader.js';

/** Attributes that stay as they came in; one key is decoded when it is asked for. */
export class ProtobufAttributes implements Attributes {
  readonly #bytes: Buffer;
  /** Start and end of each entry, in turn. */
  readonly #ranges: number[] = [];

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Takes the field at hand as one more entry. It MUST be {@link check}ed before somebody reads it. */
  add(reader: WireReader): void {
    const entry = reader.message(0);
    this.#ranges.push(entry.position, entry.end);
  }

  /** Throws when an entry is malformed or nested too deeply; `depth` is where the entries stand. */
  check(depth: number): void {
    for (const entry of this.#entries()) checkKeyValue(entry, depth);
  }

  get(key: string): AttributeValue | undefined {
    const wanted = keyBytes(key);
    for (const entry of this.#entries()) {
      const start = entry.position;
      if (!hasKey(entry, wanted)) continue;
      return readKeyValue(new WireReader(this.#bytes, start, entry.end), 0).value;
    }
    return undefined;
  }

  *entries(): Iterable<readonly [string, AttributeValue]> {
    for (const entry of this.#entries()) {
      const { key, value } = readKeyValue(entry, 0);
      yield [key, value];
    }
  }

  *#entries(): Iterable<WireReader> {
    for (let i = 0; i < this.#ranges.length; i += 2) {
      yield new WireReader(this.#bytes, this.#ranges[i] ?? 0, this.#ranges[i + 1] ?? 0);
    }
  }
}

/** The last of several keys counts, as for any scalar field. */
function hasKey(entry: WireReader, wanted: Buffer): boolean {
  let found = wanted.length === 0;
  while (entry.nextField()) {
    if (entry.is(1, WIRE.bytes)) found = entry.view().equals(wanted);
    else entry.skip();
  }
  return found;
}

const MAX_CACHED_KEYS = 256;
const cachedKeys = new Map<string, Buffer>();

function keyBytes(key: string): Buffer {
  const cached = cachedKeys.get(key);
  if (cached) return cached;
  const bytes = Buffer.from(key, 'utf8');
  if (cachedKeys.size < MAX_CACHED_KEYS) cachedKeys.set(key, bytes);
  return bytes;
}
