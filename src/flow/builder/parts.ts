import { TracecourtError } from '../../errors.js';
import type { FlowFileNode } from './flow-file.js';

/**
 * A part of an order over the steps `S`: what a flow file would say, with the steps that it names kept in its type. A part that names a step which the flow does
 * not have is refused by the compiler where it meets the flow.
 */
export interface Part<S extends string> {
  readonly node: FlowFileNode<S>;
  /** The parts with names of their own that are in it, by name. */
  readonly named: NamedParts<S>;
}

export type NamedParts<S extends string> = Readonly<Record<string, FlowFileNode<S>>>;

/** A step by its name, or a part made of steps. */
export type PartLike<S extends string> = S | Part<S>;

/** Each ends before each of the next begins, unless it is its cause. */
export function sequence<S extends string>(...parts: readonly PartLike<S>[]): Part<S> {
  return { node: { sequence: parts.map(nodeOf) }, named: namedIn(...parts) };
}

/** Each starts before each of the next does: for streams, and for what goes on while the next begins. */
export function sequenceByStart<S extends string>(...parts: readonly PartLike<S>[]): Part<S> {
  return { node: { sequence: { by: 'start', of: parts.map(nodeOf) } }, named: namedIn(...parts) };
}

/** All of them, side by side or not. */
export function parallel<S extends string>(...parts: readonly PartLike<S>[]): Part<S> {
  return { node: { parallel: parts.map(nodeOf) }, named: namedIn(...parts) };
}

/** All of them, one after the other, in any order. */
export function anyOrder<S extends string>(...parts: readonly PartLike<S>[]): Part<S> {
  return { node: { 'any-order': parts.map(nodeOf) }, named: namedIn(...parts) };
}

/** Exactly one of them. */
export function choice<S extends string>(...parts: readonly PartLike<S>[]): Part<S> {
  return { node: { choice: parts.map(nodeOf) }, named: namedIn(...parts) };
}

/** One or more of them. */
export function anyOf<S extends string>(...parts: readonly PartLike<S>[]): Part<S> {
  return { node: { 'any-of': parts.map(nodeOf) }, named: namedIn(...parts) };
}

/** It, or nothing. */
export function optional<S extends string>(part: PartLike<S>): Part<S> {
  return { node: { optional: nodeOf(part) }, named: namedIn(part) };
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
  const rounds = {
    times,
    ...(sideBySide === undefined ? {} : { parallel: sideBySide }),
    ...(between === undefined ? {} : { between: nodeOf(between) }),
  };
  return {
    node: { repeat: typeof part === 'string' ? { step: part, ...rounds } : { of: part.node, ...rounds } },
    named: namedIn<S | B>(part, ...(between === undefined ? [] : [between])),
  };
}

/** An occurrence of a step that descends from an occurrence of another. */
export function under<S extends string, U extends string>(step: S, ancestor: U): Part<S | U> {
  return { node: { step, under: ancestor }, named: {} };
}

/** One part where the expression is true of the request, the other, or nothing, where it is false. */
export function when<S extends string, E extends string = never>(
  condition: string,
  part: PartLike<S>,
  otherwise?: PartLike<E>,
): Part<S | E> {
  const then = { ['then' as const]: nodeOf(part) };
  return {
    node: { if: condition, ...then, ...(otherwise === undefined ? {} : { else: nodeOf(otherwise) }) },
    named: namedIn<S | E>(part, ...(otherwise === undefined ? [] : [otherwise])),
  };
}

/** The part under a name of its own: findings and drawings call it that. It may stand at several places. */
export function named<S extends string>(name: string, part: PartLike<S>): Part<S> {
  return { node: { flow: name }, named: joinNamed(namedIn(part), { [name]: nodeOf(part) }) };
}

export function nodeOf<S extends string>(part: PartLike<S>): FlowFileNode<S> {
  return typeof part === 'string' ? part : part.node;
}

/** All named parts in these. Throws TracecourtError `invalid-flow` for two that are not the same under one name. */
export function namedIn<S extends string>(...parts: readonly PartLike<S>[]): NamedParts<S> {
  return parts.reduce<NamedParts<S>>((all, part) => (typeof part === 'string' ? all : joinNamed(all, part.named)), {});
}

export function joinNamed<S extends string>(some: NamedParts<S>, more: NamedParts<S>): NamedParts<S> {
  for (const [name, node] of Object.entries(more)) {
    if (!Object.hasOwn(some, name) || JSON.stringify(some[name]) === JSON.stringify(node)) continue;
    throw new TracecourtError('invalid-flow', `two parts of the flow are called "${name}"`, {
      nextStep: 'Give each part a name of its own.',
    });
  }
  return { ...some, ...more };
}
