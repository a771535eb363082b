import { type Attributes, type AttributeValue, initialOf } from '../../src/model/index.js';
import { checkKeyValue, readKeyValue } from './any-value.js';
import { plainValue } from './plain-value.js';
import { WireReader } from './wire-reader.js';

/** Attributes that stay as they came in. A value is decoded when its key is asked for, and kept then. */
export class ProtobufAttributes implements Attributes {
  readonly #bytes: Buffer;
  /** Start and end of each entry, in turn. */
  readonly #ranges: number[] = [];
  /** Key and value of each entry, in turn; the value is undefined until it is decoded. */
  #entries: (AttributeValue | undefined)[] = [];
  #initials = 0;

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
    this.#entries = this.#ranges.map(() => undefined);
    for (let i = 0; i < this.#ranges.length; i += 2) {
      const key = checkKeyValue(this.#entry(i), depth);
      this.#entries[i] = key;
      this.#initials |= initialOf(key);
    }
  }

  get initials(): number {
    return this.#initials;
  }

  get(key: string): AttributeValue | undefined {
    if ((this.#initials & initialOf(key)) === 0) return undefined;
    const entries = this.#entries;
    for (let i = 0; i < entries.length; i += 2) if (entries[i] === key) return entries[i + 1] ?? this.#read(i);
    return undefined;
  }

  *entries(): Iterable<readonly [string, AttributeValue]> {
    const entries = this.#entries;
    for (let i = 0; i < entries.length; i += 2) yield [entries[i] as string, entries[i + 1] ?? this.#read(i)];
  }

  #read(i: number): AttributeValue {
    const plain = plainValue(this.#bytes, this.#ranges[i] as number, this.#ranges[i + 1] as number);
    const value = plain ?? readKeyValue(this.#entry(i), 0).value;
    this.#entries[i + 1] = value;
    return value;
  }

  #entry(at: number): WireReader {
    return new WireReader(this.#bytes, this.#ranges[at] ?? 0, this.#ranges[at + 1] ?? 0);
  }
}
