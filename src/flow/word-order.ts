import { parseWord, type Word } from './word.js';

/**
 * What a word says: the steps that happened, which of them ended before which began, and which went on at one time.
 *
 * The sides of `a b | c` go on at one time: each begins before the other ends.
 *
 * ```
 *   ──a──  ──b──
 *   ─────c──────
 * ```
 */
export interface WordOrder {
  readonly steps: readonly string[];
  /** Pairs of indexes: the first ended before the second began. */
  readonly before: readonly (readonly [number, number])[];
  /** Pairs of indexes: the first began before the second ended. */
  readonly overlaps: readonly (readonly [number, number])[];
}

/** The meaning of a word that the loader has accepted. */
export function wordOrder(text: string): WordOrder {
  const parsed = parseWord(text);
  if (!parsed.ok) throw new Error(`not a word: ${parsed.message}`);
  const steps: string[] = [];
  const before: (readonly [number, number])[] = [];
  const overlaps: (readonly [number, number])[] = [];
  const place = (word: Word): Placed => {
    switch (word.kind) {
      case 'step': {
        const only = [steps.push(word.step) - 1];
        return { all: only, first: only, last: only };
      }
      case 'parallel':
        return sideBySide(word.parts.map(place));
      case 'sequence':
        return inSequence(word.parts.map((part) => () => place(part)));
      case 'times':
        return inSequence(Array.from({ length: word.times }, () => () => place(word.part)));
      default:
        return word satisfies never;
    }
  };
  const sideBySide = (sides: readonly Placed[]): Placed => {
    for (const one of sides)
      for (const other of sides) if (one !== other) overlaps.push(...pairs(one.first, other.last));
    return {
      all: sides.flatMap(({ all }) => all),
      first: sides.flatMap(({ first }) => first),
      last: sides.flatMap(({ last }) => last),
    };
  };
  const inSequence = (parts: readonly (() => Placed)[]): Placed => {
    const all: number[] = [];
    const placed = parts.map((part) => {
      const next = part();
      before.push(...pairs(all, next.all));
      all.push(...next.all);
      return next;
    });
    return { all, first: placed[0]?.first ?? [], last: placed.at(-1)?.last ?? [] };
  };
  place(parsed.word);
  return { steps, before, overlaps };
}

/** Steps by their indexes: of a part of a word all, those that begin it and those that end it. */
interface Placed {
  readonly all: readonly number[];
  readonly first: readonly number[];
  readonly last: readonly number[];
}

function pairs(some: readonly number[], others: readonly number[]): readonly (readonly [number, number])[] {
  return some.flatMap((one) => others.map((other) => [one, other] as const));
}
