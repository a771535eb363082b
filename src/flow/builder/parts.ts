import type { FlowFileNode } from './flow-file.js';

/**
 * A part of an order over the steps `S`: what a flow file would say, with the steps that it names kept in its type. A part that names a step which the flow does
 * not have is refused by the compiler where it meets the flow.
 */
export interface Part<S extends string> {
  readonly node: FlowFileNode;
  /** Never there; it carries the type. */
  readonly steps?: S;
}

/** A step by its name, or a part made of steps. */
export type PartLike<S extends string> = S | Part<S>;

/** Each ends before each of the next begins, unless it is its cause. */
export function sequence<S extends string>(...parts: readonly PartLike<S>[]): Part<S> {
  return { node: { sequence: parts.map(nodeOf) } };
}

/** Each starts before each of the next does: for streams, and for what goes on while the next begins. */
export function sequenceByStart<S extends string>(...parts: readonly PartLike<S>[]): Part<S> {
  return { node: { sequence: { by: 'start', of: parts.map(nodeOf) } } };
}

/** All of them, side by side or not. */
export function parallel<S extends string>(...parts: readonly PartLike<S>[]): Part<S> {
  return { node: { parallel: parts.map(nodeOf) } };
}

/** All of them, one after the other, in any order. */
export function anyOrder<S extends string>(...parts: readonly PartLike<S>[]): Part<S> {
  return { node: { 'any-order': parts.map(nodeOf) } };
}

/** Exactly one of them. */
export function choice<S extends string>(...parts: readonly PartLike<S>[]): Part<S> {
  return { node: { choice: parts.map(nodeOf) } };
}

/** One or more of them. */
export function anyOf<S extends string>(...parts: readonly PartLike<S>[]): Part<S> {
  return { node: { 'any-of': parts.map(nodeOf) } };
}

/** It, or nothing. */
export function optional<S extends string>(part: PartLike<S>): Part<S> {
  return { node: { optional: nodeOf(part) } };
}

export interface RepeatOptions<B extends string> {
  readonly parallel?: boolean;
  /** What happens between two rounds. */
  readonly between?: PartLike<B>;
}

/** Rounds of it: `5`, `'3..5'`, `'2..*'`, `'*'`, `'+'`. */
export function repeat<S extends string, B extends string = never>(
  part: PartLike<S>,
  times: number | string,
  { parallel: sideBySide, between }: RepeatOptions<B> = {},
): Part<S | B> {
  return {
    node: {
      repeat: {
        ...(typeof part === 'string' ? { step: part } : { of: part.node }),
        times,
        ...(sideBySide === undefined ? {} : { parallel: sideBySide }),
        ...(between === undefined ? {} : { between: nodeOf(between) }),
      },
    },
  };
}

/** An occurrence of a step that descends from an occurrence of another. */
export function under<S extends string, U extends string>(step: S, ancestor: U): Part<S | U> {
  return { node: { step, under: ancestor } };
}

/** One part where the expression is true of the request, the other, or nothing, where it is false. */
export function when<S extends string, E extends string = never>(
  condition: string,
  part: PartLike<S>,
  otherwise?: PartLike<E>,
): Part<S | E> {
  const then = { ['then' as const]: nodeOf(part) };
  return { node: { if: condition, ...then, ...(otherwise === undefined ? {} : { else: nodeOf(otherwise) }) } };
}

export function nodeOf(part: PartLike<string>): FlowFileNode {
  return typeof part === 'string' ? part : part.node;
}
