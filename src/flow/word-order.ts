import { parseWord, type Word } from './word.js';

/** What a word says: the steps that happened, and which of them ended before which began. */
export interface WordOrder {
  readonly steps: readonly string[];
  /** Pairs of indexes: the first ended before the second began. */
  readonly before: readonly (readonly [number, number])[];
}

/** The meaning of a word that the loader has accepted. */
export function wordOrder(text: string): WordOrder {
  const parsed = parseWord(text);
  if (!parsed.ok) throw new Error(`not a word: ${parsed.message}`);
  const steps: string[] = [];
  const before: (readonly [number, number])[] = [];
  const place = (word: Word): readonly number[] => {
    switch (word.kind) {
      case 'step':
        return [steps.push(word.step) - 1];
      case 'parallel':
        return word.parts.flatMap(place);
      case 'sequence':
        return inSequence(word.parts.map((part) => () => place(part)));
      case 'times':
        return inSequence(Array.from({ length: word.times }, () => () => place(word.part)));
      default:
        return word satisfies never;
    }
  };
  const inSequence = (parts: readonly (() => readonly number[])[]): readonly number[] => {
    const all: number[] = [];
    for (const part of parts) {
      const next = part();
      for (const earlier of all) for (const later of next) before.push([earlier, later]);
      all.push(...next);
    }
    return all;
  };
  place(parsed.word);
  return { steps, before };
}
