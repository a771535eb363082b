import type { FlowNode } from '../../model/index.js';
import type { Occurrence } from './facts.js';
import { childrenOf, followersOf, stepsUnder } from './tree.js';

/** Steps that are missing for one reason: the earliest, and those that are missing because it is. */
export interface MissingPart {
  readonly step: string;
  /** The sub-flow that begins with the step and of which nothing happened. */
  readonly part: { readonly name: string; readonly steps: readonly string[] } | undefined;
  /** What could have happened instead: the first steps of the other branches. */
  readonly or: readonly string[];
  /** What it has to hang under. */
  readonly under: string | undefined;
  /** The last that happened of what the flow puts before it. */
  readonly after: Seen | undefined;
  /** Others that were the last of their branch, where the request stopped. */
  readonly beside: readonly Seen[];
  readonly later: readonly string[];
  /** Nothing of what was still to come after the last steps happened: it is all of one piece. */
  readonly stopped: boolean;
  readonly inside: Seen | undefined;
}

export interface Seen {
  readonly step: string;
  readonly spanId: string | undefined;
}

export interface LackingOrder {
  readonly order: FlowNode;
  readonly occurrences: readonly Occurrence[];
  /** True for a step that no span shows but a store does. */
  readonly storeShown: (step: string) => boolean;
  readonly inside: Occurrence | undefined;
  /** True if something happened that has no place in the order. */
  readonly wentAstray?: boolean;
}

/** A step that no occurrence is; `after` where it is known what it should have come after. */
export interface Missing {
  readonly step: string;
  readonly after?: Occurrence | undefined;
  /** Another that it comes after. */
  readonly laterThan?: Missing | undefined;
}

/**
 * Puts together what is missing for one reason.
 *
 * ```
 *   flow   a → b → c → d
 *   seen   a                    one: b is missing after a; later: c, d; stopped
 *   seen   a       c            two: b, and d: c went on without b
 * ```
 *
 * A missing step is `later` than another that the flow puts before it, unless something happened between them. It stopped where nothing that the flow puts
 * after a missing step happened, and after each of the last steps something is missing: then all of it is one.
 */
export function missingParts(missing: readonly Missing[], lacking: LackingOrder): readonly MissingPart[] {
  const found = new Finder(lacking);
  const names = missing.map(({ step }) => step);
  const last = lacking.inside || lacking.wentAstray ? undefined : found.lastOfStopped(names);
  if (last) {
    const [first, ...later] = missing;
    return first ? [found.part(first, { later: later.map(({ step }) => step), last })] : [];
  }
  const isLater = (each: Missing, other: Missing): boolean => {
    const isNext = other.laterThan !== undefined && (other.laterThan === each || isLater(each, other.laterThan));
    return isNext || (other.after === undefined && found.isLater(each.step, other.step));
  };
  const parts: MissingPart[] = [];
  const told = new Set<Missing>();
  for (const each of missing) {
    if (told.has(each)) continue;
    const later = missing.filter((other) => other !== each && !told.has(other) && isLater(each, other));
    for (const one of [each, ...later]) told.add(one);
    parts.push(found.part(each, { later: later.map(({ step }) => step), last: undefined }));
  }
  return parts;
}

class Finder {
  readonly #lacking: LackingOrder;
  readonly #steps: readonly string[];
  readonly #followers: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #happened: ReadonlySet<string>;

  constructor(lacking: LackingOrder) {
    this.#lacking = lacking;
    this.#steps = [...new Set(stepsUnder(lacking.order))];
    this.#followers = followersOf(lacking.order);
    const seen = new Set(lacking.occurrences.map(({ step }) => step));
    this.#happened = new Set(this.#steps.filter((step) => seen.has(step) || lacking.storeShown(step)));
  }

  /** The last steps of a request that stopped; undefined if it did not, or did not begin. */
  lastOfStopped(missing: readonly string[]): readonly string[] | undefined {
    const last = [...this.#happened].filter((step) => !this.#after(step).some((next) => this.#happened.has(next)));
    const wentOn = missing.some((step) => this.#after(step).some((next) => this.#happened.has(next)));
    const isStop = last.every((step) => this.#after(step).some((next) => missing.includes(next)));
    return isStop && !wentOn && last.length > 0 ? last : undefined;
  }

  isLater(step: string, other: string): boolean {
    if (!this.#follows(step, other)) return false;
    return !this.#after(step).some((between) => this.#happened.has(between) && this.#follows(between, other));
  }

  part(
    { step, after }: Missing,
    { later, last }: { readonly later: readonly string[]; readonly last: readonly string[] | undefined },
  ): MissingPart {
    const known = after && { step: after.step, spanId: after.spanId };
    const [nearest, ...beside] = last?.toReversed() ?? [this.#lastBefore(step)];
    const { inside } = this.#lacking;
    return {
      step,
      part: this.#wholePart(this.#lacking.order, step, later),
      or: this.#alternatives(this.#lacking.order, step),
      under: undefined,
      after: known ?? (nearest === undefined ? undefined : this.#seen(nearest)),
      beside: beside.flatMap((each) => (each === undefined ? [] : [this.#seen(each)])),
      later,
      stopped: last !== undefined,
      inside: inside && { step: inside.step, spanId: inside.spanId },
    };
  }

  #after(step: string): readonly string[] {
    return [...(this.#followers.get(step) ?? [])];
  }

  #follows(step: string, other: string): boolean {
    return this.#followers.get(step)?.has(other) === true;
  }

  /** The last step in the flow's order that happened and that the flow puts before this one. */
  #lastBefore(step: string): string | undefined {
    return this.#steps.findLast((other) => other !== step && this.#happened.has(other) && this.#follows(other, step));
  }

  #seen(step: string): Seen {
    return { step, spanId: this.#lacking.occurrences.findLast((each) => each.step === step)?.spanId };
  }

  /** The outermost sub-flow that begins with the step, and all of which is missing. */
  #wholePart(node: FlowNode, step: string, later: readonly string[]): MissingPart['part'] {
    if (node.kind === 'flow') {
      const steps = [...new Set(stepsUnder(node))];
      const isWhole = steps[0] === step && steps.slice(1).every((each) => later.includes(each));
      if (isWhole) return { name: node.name, steps };
    }
    for (const child of childrenOf(node)) {
      const found = this.#wholePart(child, step, later);
      if (found) return found;
    }
    return undefined;
  }

  /** The first steps of the other branches of the outermost choice that nothing was chosen of. */
  #alternatives(node: FlowNode, step: string): readonly string[] {
    const isOpen = node.kind === 'choice' || node.kind === 'any-of' || (node.kind === 'if' && node.otherwise);
    if (isOpen && !stepsUnder(node).some((each) => this.#happened.has(each))) {
      const branches = childrenOf(node).map(stepsUnder);
      if (branches.some((branch) => branch[0] === step)) {
        return branches.flatMap(([first]) => (first === undefined || first === step ? [] : [first]));
      }
    }
    for (const child of childrenOf(node)) {
      const found = this.#alternatives(child, step);
      if (found.length > 0) return found;
    }
    return [];
  }
}
