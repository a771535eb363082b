import { type Attributes, type AttributeValue, initialOf } from '../../src/model/index.js';

/** Attributes whose values are known already: key and value of each, in turn. */
export class ListedAttributes implements Attributes {
  readonly initials: number;
  readonly #entries: readonly AttributeValue[];

  constructor(entries: readonly AttributeValue[]) {
    this.#entries = entries;
    let initials = 0;
    for (let i = 0; i < entries.length; i += 2) initials |= initialOf(entries[i] as string);
    this.initials = initials;
  }

  get(key: string): AttributeValue | undefined {
    if ((this.initials & initialOf(key)) === 0) return undefined;
    const entries = this.#entries;
    for (let i = 0; i < entries.length; i += 2) if (entries[i] === key) return entries[i + 1];
    return undefined;
  }

  *entries(): Iterable<readonly [string, AttributeValue]> {
    const entries = this.#entries;
    for (let i = 0; i < entries.length; i += 2) yield [entries[i] as string, entries[i + 1] as AttributeValue];
  }
}
