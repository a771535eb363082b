import type { ArrowType } from './arrow-types.js';
import type { BoltValue } from './bolt-value.js';
import { readDate, readDateTime, readDuration, readTemporal, readTime } from './temporal-text.js';
import type { TypeMark } from './type-marks.js';
import type { ValueShape } from './value-shape.js';

/**
 * The engine's answer does not say what type a value has: a whole number could be an integer or a float, a text could be a
 * text or a date. Whoever catches it asks the engine (see type-marks.ts), or refuses.
 */
export class UncertainType extends Error {
  override readonly name = 'UncertainType';

  constructor() {
    super('The type of a value cannot be told from the answer.');
  }
}

/** As the engine writes dates, times of day and durations: any other text is a text. */
const LIKE_A_TIME = /^(?:[+-]?\d{3,}-\d\d-\d\d|\d\d:\d\d|-?P[-\dT])/;

/** What is known of the types in one place of an answer. Its methods throw {@link UncertainType}. */
export interface ValueTyping {
  /** Of a whole number that JavaScript holds exactly; all others are plain to see. */
  wholeNumber(value: number): BoltValue;
  text(value: string): BoltValue;
  /** The engine gives a local date and time cut to milliseconds. */
  localDateTime(): BoltValue;
  item(index: number): ValueTyping;
  member(name: string): ValueTyping;
  pathNode(index: number): ValueTyping;
  pathEdge(index: number): ValueTyping;
}

/** What the columns of a result say, all rows together. */
export interface ColumnFacts {
  /** There is no second value in this place, with which the engine could have found a common type. */
  readonly isAlone: boolean;
  /** False as long as nobody has made a date, a time or a duration: then every text is a text. */
  readonly mayHoldTemporals: boolean;
}

/** Goes by the types of the columns, as far as they are certain. Asks for a type only where the value does not tell. */
export class ColumnTyping implements ValueTyping {
  readonly #typeOf: () => ArrowType | undefined;
  readonly #facts: ColumnFacts;

  constructor(typeOf: () => ArrowType | undefined, facts: ColumnFacts) {
    this.#typeOf = typeOf;
    this.#facts = facts;
  }

  wholeNumber(value: number): BoltValue {
    const kind = this.#typeOf()?.kind;
    if (kind === 'int') return BigInt(value);
    if (kind === 'float' && this.#facts.isAlone) return value;
    throw new UncertainType();
  }

  text(value: string): BoltValue {
    if (!LIKE_A_TIME.test(value)) return value;
    switch (this.#typeOf()?.kind) {
      case 'date':
        return readDate(value);
      case 'time':
        return readTime(value);
      case 'timestamp':
        return readDateTime(value);
      case 'struct':
        return readDuration(value);
      default:
        return this.#textLikeATime(value);
    }
  }

  #textLikeATime(value: string): string {
    const { isAlone, mayHoldTemporals } = this.#facts;
    if (mayHoldTemporals && !isAlone) throw new UncertainType();
    return value;
  }

  localDateTime(): never {
    throw new UncertainType();
  }

  /** Items of a list share a type among them. */
  item(): ValueTyping {
    const type = this.#typeOf();
    const ofItems = type?.kind === 'list' ? type.children[0] : undefined;
    return new ColumnTyping(() => ofItems, { ...this.#facts, isAlone: false });
  }

  member(name: string): ValueTyping {
    const type = this.#typeOf();
    const known = type?.kind === 'struct' ? type.children.find((child) => child.name === name) : undefined;
    return new ColumnTyping(() => known, { ...this.#facts, isAlone: this.#facts.isAlone && known !== undefined });
  }

  /** The engine's columns say nothing of what is in a path. */
  pathNode(): ValueTyping {
    return new ColumnTyping(() => undefined, { ...this.#facts, isAlone: false });
  }

  pathEdge(): ValueTyping {
    return this.pathNode();
  }
}

/** Goes by the marks that the engine was asked for, value by value. */
export class MarkTyping implements ValueTyping {
  readonly #mark: TypeMark;
  readonly #shape: ValueShape | undefined;

  constructor(mark: TypeMark, shape: ValueShape | undefined) {
    this.#mark = mark;
    this.#shape = shape;
  }

  wholeNumber(value: number): BoltValue {
    const leaf = this.#leaf();
    if (leaf === 'i') return BigInt(value);
    if (leaf === 'f') return value;
    throw new UncertainType();
  }

  text(value: string): BoltValue {
    const leaf = this.#leaf();
    if (leaf === 't') return value;
    if (leaf === value) return readTemporal(value);
    throw new UncertainType();
  }

  localDateTime(): BoltValue {
    return readTemporal(this.#leaf());
  }

  item(index: number): ValueTyping {
    return new MarkTyping(this.#part(1)?.[index] ?? null, this.#shape?.items);
  }

  member(name: string): ValueTyping {
    const { members } = this.#shape ?? {};
    const at = members ? [...members.keys()].indexOf(name) : -1;
    return new MarkTyping(this.#part(2)?.[at] ?? null, members?.get(name));
  }

  pathNode(index: number): ValueTyping {
    return new MarkTyping(this.#part(3)?.[index] ?? null, this.#shape?.path?.nodes);
  }

  pathEdge(index: number): ValueTyping {
    return new MarkTyping(this.#part(4)?.[index] ?? null, this.#shape?.path?.edges);
  }

  #leaf(): string {
    const leaf = Array.isArray(this.#mark) ? this.#mark[0] : this.#mark;
    if (typeof leaf !== 'string') throw new UncertainType();
    return leaf;
  }

  #part(index: number): readonly TypeMark[] | undefined {
    const part = Array.isArray(this.#mark) ? this.#mark[index] : undefined;
    return Array.isArray(part) ? part : undefined;
  }
}
