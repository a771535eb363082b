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
}

export interface FlowStep {
  readonly name: string;
  readonly matcher: StepMatcher;
  /** True: the step may end in error and the flow still holds. */
  readonly mayFail: boolean;
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
  | { readonly kind: 'if'; readonly condition: string; readonly then: FlowNode; readonly otherwise?: FlowNode }
  /** A part of the flow with a name of its own. */
  | { readonly kind: 'flow'; readonly name: string; readonly child: FlowNode };

export type Budget =
  | { readonly kind: 'total'; readonly limitMs: number }
  | { readonly kind: 'step'; readonly step: string; readonly limitMs: number }
  | { readonly kind: 'between'; readonly from: string; readonly to: string; readonly limitMs: number };

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

/** Declared peers, so that the accounting knows how many receipts to expect. */
export interface HandoffDeclarations {
  /** Receivers per topic, for topics that more than one group reads. Default 1. */
  readonly consumers: Readonly<Record<string, number>>;
  /** Peers (address, topic or service) that keep no ledger. */
  readonly uninstrumented: readonly string[];
}
