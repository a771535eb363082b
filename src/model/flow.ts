import type { StepMatcher } from './step.js';

/**
 * A flow after loading: plain JSON data, so that it fits a run bundle. Expressions stay text (CEL); durations are milliseconds.
 */
export interface CompiledFlow {
  readonly version: 1;
  readonly name: string;
  readonly steps: readonly FlowStep[];
  readonly order: FlowNode;
  /** Named values, CEL over `steps`; usable as `$name` in Cypher and `{name}` in keys. In order of declaration. */
  readonly values: Readonly<Record<string, string>>;
  readonly budgets: readonly Budget[];
  readonly effects: readonly Effect[];
  readonly votes: VoteRule | undefined;
  /** Pairs that must happen together or not at all: a committed write and the message that announces it. */
  readonly outbox: readonly OutboxRule[];
  /** Resources that must not be granted to more than they have room for at one time. */
  readonly leases: readonly LeaseRule[];
  /** Things whose version grows, with the steps that write and read them. */
  readonly versions: readonly VersionRule[];
  /** What to make of steps, and of store or messaging client spans, that the flow does not know. */
  readonly unexpected: 'allow' | 'report' | 'forbid';
  /** `quiet` accepts a guessed completion as enough for a finding of absence. */
  readonly trust: 'accounted' | 'quiet';
  /** True: an order that could not be proven makes the verdict unknown. */
  readonly prove: boolean;
  /** Hand-offs whose receiver keeps no ledger, or that have more than one receiver. */
  readonly handoffs: HandoffDeclarations;
  /** Span or message attributes that tie traces without parent, link or request id together. */
  readonly correlation: readonly string[];
  /** What holds beside the order, each judged alone. */
  readonly rules: readonly Rule[];
  readonly invariants: readonly Invariant[];
  /** Attributes that no span of the request may have. */
  readonly forbidden: readonly ForbiddenAttribute[];
  /** What the flow's parameters stand at, for expressions: `params.name`. */
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** What the flow says of itself: `tracecourt flow test` holds it to this. */
  readonly examples: FlowExamples;
}

export type ParameterValue = string | number | boolean;

export interface FlowStep {
  readonly name: string;
  readonly matcher: StepMatcher;
  /** True: the step may end in error and the flow still holds. */
  readonly mayFail: boolean;
  /** What happens inside each occurrence: the order of the steps among its descendants. */
  readonly inside?: FlowNode;
  /** How many tries one occurrence may take. Without it each span is an occurrence of its own. */
  readonly attempts?: CountRange;
}

export interface CountRange {
  readonly min: number;
  /** null: unbounded. */
  readonly max: number | null;
}

/**
 * The process tree. A step may stand at several places; `under` binds a place to the occurrences that descend from another step.
 *
 * Trees whose steps have one place each, whose `repeat` goes round one step with nothing between, and whose `any-order` holds single steps are the exact
 * class: decided in linear time. The others need a search.
 */
export type FlowNode =
  | { readonly kind: 'step'; readonly step: string; readonly under?: string }
  | {
      readonly kind: 'sequence';
      readonly children: readonly FlowNode[];
      /** `start`: an earlier child need only start before a later one does. Default `end`. */
      readonly by?: 'start' | 'end';
    }
  | { readonly kind: 'parallel'; readonly children: readonly FlowNode[] }
  /** All of them, one after the other, in any order. */
  | { readonly kind: 'any-order'; readonly children: readonly FlowNode[] }
  /** Exactly one of them. */
  | { readonly kind: 'choice'; readonly children: readonly FlowNode[] }
  /** One or more of them, side by side. */
  | { readonly kind: 'any-of'; readonly children: readonly FlowNode[] }
  | { readonly kind: 'optional'; readonly child: FlowNode }
  | {
      readonly kind: 'repeat';
      readonly child: FlowNode;
      /** What happens between two rounds: try (back-off try)*. */
      readonly between?: FlowNode;
      readonly min: number;
      /** null: unbounded. */
      readonly max: number | null;
      readonly parallel: boolean;
    }
  /** Decided by an expression over the request before anything is checked; one that cannot be worked out leaves a choice. */
  | { readonly kind: 'if'; readonly condition: string; readonly child: FlowNode; readonly otherwise?: FlowNode }
  /** A part of the flow with a name of its own. */
  | { readonly kind: 'flow'; readonly name: string; readonly child: FlowNode };

/** How long something may take, and how long it must; at least one of the two. */
export type Budget = BudgetScope & { readonly limitMs?: number; readonly leastMs?: number };

export type BudgetScope =
  | { readonly kind: 'total' }
  | { readonly kind: 'step'; readonly step: string }
  /** Each try of a step that declares `attempts`. */
  | { readonly kind: 'attempt'; readonly step: string }
  | { readonly kind: 'between'; readonly from: string; readonly to: string };

/** What one step must leave in one store. */
export interface Effect {
  /** The step that leaves it, and the effect's name. */
  readonly step: string;
  readonly query: EffectQuery;
  /** How many records there must be when the step happened. Default 1. */
  readonly count: number;
  /** CEL, true for each record. Undefined: presence is enough. */
  readonly expect: string | undefined;
  /** The effect this one must not outlive: without it, this one is an orphan. */
  readonly parent: string | undefined;
  /** How long after completion the effect may still come true. */
  readonly withinMs: number;
}

/** `{name}` in texts and `$name` in Cypher refer to the flow's values. */
export type EffectQuery =
  | { readonly store: 'neo4j'; readonly cypher: string }
  | { readonly store: 'redis'; readonly key: string }
  | {
      readonly store: 'kafka';
      readonly topic: string;
      readonly key: string;
      /** Consumer groups that must have committed past each message. */
      readonly consumedBy: readonly string[];
    };

export interface VoteRule {
  readonly step: string;
  /** Attribute of the step's span that holds the vote: `approve`, `reject` or something else. */
  readonly vote: string;
  /** Attribute of the step's span that names the voter; a voter who occurs twice counts once. */
  readonly voter: string | undefined;
  readonly needed: number;
  readonly of: number;
  /** The effect (by step name) that is present if and only if the vote was won. */
  readonly outcome: string;
}

export interface OutboxRule {
  readonly commit: string;
  readonly publish: string;
}

/** The grants of one resource, as a store keeps them. `ours`, `from` and `until` are CEL over one record. */
export interface LeaseRule {
  /** What the resource is called. */
  readonly name: string;
  /** The step that grants it. */
  readonly grantedBy: string;
  /** Reads all grants of the very resource that this request was granted, its own among them. */
  readonly query: EffectQuery;
  /** True for a grant to this request. */
  readonly ours: string;
  /** When a grant begins and ends: milliseconds since 1970, or ISO 8601 text. An end of null is still to come. */
  readonly from: string;
  readonly until: string;
  /** How many may hold at one time. Default 1. */
  readonly capacity: number;
  /** What the clocks that set these times may differ by: a shorter overlap proves nothing. Default one second. */
  readonly skewMs: number;
}

/** What a lease rule's grants are read under, beside the effects: no step has such a name. */
export function leaseEffect({ name }: Pick<LeaseRule, 'name'>): string {
  return `lease ${name}`;
}

/** One thing with a version that grows. `version` and `key` are CEL over one occurrence of a step. */
export interface VersionRule {
  /** What the thing is called. */
  readonly name: string;
  readonly writtenBy: readonly string[];
  readonly readBy: readonly string[];
  /** The version that an occurrence wrote or saw; null: it saw none. */
  readonly version: string;
  /** What tells several such things apart; undefined: a request has one. */
  readonly key: string | undefined;
}

/** Declared peers, so that the accounting knows how many receipts to expect. */
export interface HandoffDeclarations {
  /** Receivers per topic, for topics that more than one group reads. Default 1. */
  readonly consumers: Readonly<Record<string, number>>;
  /** Peers (address, topic or service) that keep no ledger. */
  readonly uninstrumented: readonly string[];
}

/** Rules about one step. */
export const UNARY_RULES = ['init', 'end', 'existence', 'absence'] as const;
/** Rules about how often one step occurs. */
export const COUNT_RULES = ['exactly', 'at-least', 'at-most'] as const;
/** Rules about which of several steps occur. */
export const CHOICE_RULES = ['choice', 'exclusive-choice'] as const;
/** Rules about two steps: the templates of DECLARE. */
export const BINARY_RULES = [
  'responded-existence',
  'co-existence',
  'response',
  'precedence',
  'succession',
  'alternate-response',
  'alternate-precedence',
  'alternate-succession',
  'chain-response',
  'chain-precedence',
  'chain-succession',
  'not-responded-existence',
  'not-co-existence',
  'not-response',
  'not-precedence',
  'not-succession',
  'not-chain-response',
  'not-chain-precedence',
  'not-chain-succession',
] as const;

export type RuleKind =
  | (typeof UNARY_RULES)[number]
  | (typeof COUNT_RULES)[number]
  | (typeof CHOICE_RULES)[number]
  | (typeof BINARY_RULES)[number];

/** A constraint between steps, after DECLARE. In a binary rule the first step is `a`, the second `b`. */
export interface Rule {
  readonly kind: RuleKind;
  readonly steps: readonly string[];
  /** For `exactly`, `at-least` and `at-most`. */
  readonly count?: number;
  /** Occurrences of one of the two for which its condition is false are left out of the rule. */
  readonly when?: RuleCondition;
  /** CEL over both, `a` and `b`: only occurrences for which it is true answer each other. */
  readonly where?: string;
  /** Time from the end of the earlier to the end of the later. */
  readonly window?: TimeWindow;
}

/** CEL over one occurrence, which it names `a` or `b`. */
export interface RuleCondition {
  readonly about: 'a' | 'b';
  readonly condition: string;
}

export interface TimeWindow {
  readonly leastMs?: number;
  readonly limitMs?: number;
}

/** CEL that must be true of the request: over `steps`, `spans`, `stores`, `values`, `params` and `request`. */
export interface Invariant {
  readonly name: string;
  readonly expression: string;
}

/** Patterns are globs, or regular expressions between slashes. At least one of name and value is given; all that are given must fit. */
export interface ForbiddenAttribute {
  readonly name?: string;
  readonly value?: string;
  readonly service?: string;
}

export interface FlowExamples {
  /** Words that conform to the order: `a b (c | d) e*3`. */
  readonly accepts: readonly string[];
  readonly rejects: readonly string[];
  /** Recorded requests with what they come to; paths are relative to the flow's file. */
  readonly recorded: readonly RecordedExample[];
}

export interface RecordedExample {
  readonly file: string;
  /** Which requests of the file; all where it is absent. */
  readonly request?: string;
  readonly verdict: 'pass' | 'fail' | 'unknown';
  /** A finding's code that the verdict must have. */
  readonly finding?: string;
}
