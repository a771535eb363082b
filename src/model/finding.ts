import type { Rule } from './flow.js';
import type { StoredRecord, StoreName } from './observation.js';

/** Permanent codes of violations. docs/findings.md has a page for each. */
export const FINDING_CODES = [
  'missing-step',
  'unexpected-step',
  'wrong-order',
  'wrong-count',
  'step-failed',
  'over-budget',
  'context-lost',
  'span-without-effect',
  'effect-without-span',
  'swallowed-error',
  'duplicate-effect',
  'wrong-content',
  'outbox-gap',
  'orphan',
  'not-consumed',
  'vote-integrity',
  'double-grant',
  'stale-read',
  'rule-broken',
  'invariant-broken',
  'forbidden-attribute',
] as const;
export type FindingCode = (typeof FINDING_CODES)[number];

/** One violation, as data. The sentence is made from it by src/view. */
export type Finding = { readonly [C in FindingCode]: FindingOf<C> }[FindingCode];

export interface FindingOf<C extends FindingCode> {
  readonly code: C;
  /** The step it is about; undefined where it is about the request as a whole. */
  readonly step: string | undefined;
  readonly service: string | undefined;
  readonly store: StoreName | undefined;
  /** The span to look at first. */
  readonly spanId: string | undefined;
  /** Every span that the finding rests on. */
  readonly spanIds: readonly string[];
  readonly facts: FindingFacts[C];
}

/** What was expected and what was seen, per code. */
export interface FindingFacts {
  /** The flow requires the step; no span is it. `later` are the steps that are missing because it is. */
  'missing-step': {
    readonly after: string | undefined;
    readonly later: readonly string[];
    /** True: nothing of what was still to come happened. Then `beside` are other steps after which nothing came. */
    readonly stopped: boolean;
    readonly beside?: readonly string[];
    /** The sub-flow that is missing as a whole, with its steps. */
    readonly part?: { readonly name: string; readonly steps: readonly string[] };
    /** Steps that could have happened instead. */
    readonly or?: readonly string[];
    /** The step that it has to hang under. */
    readonly under?: string;
    /** The step inside of whose span it is missing. */
    readonly inside?: string;
    /** Steps of another branch that came in its place; the condition that asks for it, where one does. */
    readonly instead?: {
      readonly steps: readonly string[];
      readonly spanIds: readonly string[];
      readonly condition?: { readonly expression: string; readonly holds: boolean };
    };
  };
  /** A span is a step that the flow does not know, or that the branch taken does not allow. */
  'unexpected-step': {
    readonly spanName: string;
    readonly branch: string | undefined;
    /** True for a step that the flow knows, and has no place for where it happened. */
    readonly known: boolean;
    /** More steps of the same branch that is not allowed. */
    readonly also?: readonly string[];
    /** The condition that rules it out, and what it is. */
    readonly condition?: { readonly expression: string; readonly holds: boolean };
    /** What it would have to hang under. */
    readonly under?: readonly string[];
    /** The first step of the rounds that it has its place between. */
    readonly between?: string;
  };
  /** Certain order and required order form a cycle: the shortest one, in its order. */
  'wrong-order': { readonly cycle: readonly CycleEdge[] };
  'wrong-count': {
    readonly min: number;
    readonly max: number | null;
    readonly observed: number;
    /** Present where tries of one occurrence, or rounds of several steps, were counted, not occurrences. */
    readonly of?: 'attempts' | 'rounds';
    /** True: only one round of a repeat around it was counted. */
    readonly inRound?: boolean;
    /** Other steps of the same rounds, which are as many. */
    readonly also?: readonly string[];
    /** Only those that hang under this step were counted, or happen inside it. */
    readonly under?: string;
  };
  'step-failed': { readonly message: string };
  'over-budget': {
    readonly budget: string;
    /** Which bound is broken: `limit` is the most it may take, `least` the least it must. */
    readonly bound: 'limit' | 'least';
    readonly limitMs: number;
    /** The least it can have taken, given what is known of the clocks; for `least`, the most. */
    readonly observedMs: number;
    /** True where one clock measured it. */
    readonly isExact: boolean;
    /** True of a stretch whose end certainly came before its beginning. */
    readonly isReversed?: boolean;
  };
  /** Spans of the request that no parent and no link ties to it. */
  'context-lost': { readonly traceIds: readonly string[]; readonly by: string };
  'span-without-effect': EffectFacts & { readonly expectedCount: number; readonly observedCount: number };
  'effect-without-span': EffectFacts & { readonly observedCount: number };
  'swallowed-error': { readonly client: string; readonly message: string; readonly errorSpanId: string };
  'duplicate-effect': EffectFacts & { readonly expectedCount: number; readonly observedCount: number };
  'wrong-content': EffectFacts & { readonly expect: string };
  'outbox-gap': { readonly commit: string; readonly publish: string; readonly committed: string };
  orphan: EffectFacts & { readonly parent: string };
  'not-consumed': EffectFacts & {
    readonly group: string;
    readonly partition: number;
    readonly offset: string;
    readonly committedOffset: string | undefined;
  };
  'vote-integrity': {
    readonly problem: 'too-few-votes' | 'outcome-differs' | 'too-many-votes' | 'counted-twice';
    readonly approvals: number;
    readonly votes: number;
    readonly needed: number;
    readonly of: number;
    readonly outcomeStored: boolean;
  };
  /** Grants of one resource that hold at one time, this request's among them. */
  'double-grant': EffectFacts & {
    readonly resource: string;
    readonly capacity: number;
    readonly holding: number;
    /** How many of them are this request's own. */
    readonly ours: number;
    /** When they began to hold together, and when the first of them ends; milliseconds since 1970. */
    readonly fromMs: number;
    readonly untilMs: number | null;
  };
  /** A read gave an older version than was known when it began. */
  'stale-read': {
    readonly of: string;
    readonly version: string;
    readonly known: string;
    /** Steps that had ended by then and knew the newer version. */
    readonly by: readonly string[];
  };
  /** A rule beside the order is false in every order that is possible. */
  'rule-broken': {
    readonly rule: Rule;
    /** How often each of the rule's steps occurred, those left out by its condition not counted. */
    readonly observed: readonly number[];
  };
  'invariant-broken': { readonly name: string; readonly expression: string };
  /** Names only: what the attribute holds is told to nobody. */
  'forbidden-attribute': { readonly attribute: string; readonly pattern: string; readonly spans: number };
}

export interface EffectFacts {
  /** What was read: the key, the query, or the topic and key. */
  readonly where: string;
  /** At most a few of the records seen. */
  readonly seen: readonly StoredRecord[];
}

/** One arrow of a cycle between step occurrences: `from` comes before `to`. */
export interface CycleEdge {
  readonly from: StepPoint;
  readonly to: StepPoint;
  readonly because: OrderFact;
}

export interface StepPoint {
  readonly step: string;
  readonly spanId: string;
  readonly service: string;
  readonly point: 'start' | 'end';
}

/** Why one point is certainly before another, or has to be. */
export type OrderFact =
  /** `serial`: it wants one after the other, whichever is first. */
  | { readonly kind: 'flow'; readonly serial?: true }
  | { readonly kind: 'span' }
  | { readonly kind: 'cause' }
  | { readonly kind: 'sequence'; readonly service: string; readonly gapMs: number | undefined }
  /** `one`: both were read from the clock of one process. */
  | { readonly kind: 'clock'; readonly gapMs: number; readonly one?: string }
  | { readonly kind: 'offset'; readonly topic: string; readonly partition: number };
