import type { Attributes, AttributeValue } from '../../src/model/index.js';
import { checkKeyValue, readKeyValue } from './any-value.js';
import { plainValue } from './plain-value.js';
import { WireReader } from './wire-reader.js';

/** Attributes that stay as they came in. A value is decoded when its key is asked for, and kept then. */
export class ProtobufAttributes implements Attributes {
  readonly #bytes: Buffer;
  /** Start and end of each entry, in turn. */
  readonly #ranges: number[] = [];
  #keys: readonly string[] = [];
  #values: (AttributeValue | undefined)[] = [];

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Takes the field at hand as one more entry. All MUST be {@link check}ed before somebody reads one. */
  add(reader: WireReader): void {
    const entry = reader.message(0);
    this.#ranges.push(entry.position, entry.end);
  }

  /** Throws when an entry is malformed or nested too deeply; `depth` is where the entries stand. */
  check(depth: number): void {
    const keys: string[] = [];
    for (let i = 0; i < this.#ranges.length; i += 2) keys.push(checkKeyValue(this.#entry(i), depth));
    this.#keys = keys;
    this.#values = keys.map(() => undefined);
  }

  get(key: string): AttributeValue | undefined {
    const keys = this.#keys;
    for (let i = 0; i < keys.length; i++) if (keys[i] === key) return this.#values[i] ?? this.#read(i);
    return undefined;
  }

  *entries(): Iterable<readonly [string, AttributeValue]> {
    for (const [i, key] of this.#keys.entries()) yield [key, this.#values[i] ?? this.#read(i)];
  }

  #read(i: number): AttributeValue {
    const plain = plainValue(this.#bytes, this.#ranges[2 * i] as number, this.#ranges[2 * i + 1] as number);
    const value = plain ?? readKeyValue(this.#entry(2 * i), 0).value;
    this.#values[i] = value;
    return value;
  }

  #entry(at: number): WireReader {
    return new WireReader(this.#bytes, this.#ranges[at] ?? 0, this.#ranges[at + 1] ?? 0);
  }
}
