import type {
  BINARY_RULES,
  CHOICE_RULES,
  COUNT_RULES,
  ParameterValue,
  StepMatcher,
  UNARY_RULES,
} from '../../model/index.js';

/** A flow file as data, over the steps `S`, the values `V` and the parts `P`. What it means is said in docs/flow.md. */
export interface FlowFile<S extends string = string, V extends string = string> {
  readonly version: 1;
  readonly flow: string;
  readonly parameters?: Readonly<Record<string, ParameterValue | ParameterSpec>>;
  readonly steps: Readonly<Record<S, StepSpec<S> | undefined>>;
  readonly values?: Readonly<Record<V, string>>;
  readonly order?: FlowFileNode<S>;
  readonly flows?: Readonly<Record<string, FlowFileNode<S>>>;
  readonly rules?: readonly RuleSpec<S>[];
  readonly budgets?: BudgetSpecs<S>;
  readonly invariants?: Readonly<Record<string, string>>;
  readonly 'forbidden-attributes'?: readonly (string | ForbiddenSpec)[];
  readonly effects?: Readonly<Partial<Record<S, EffectSpec<S>>>>;
  readonly votes?: VoteSpec<S>;
  readonly outbox?: readonly { readonly commit: S; readonly publish: S }[];
  readonly leases?: Readonly<Record<string, LeaseSpec<S>>>;
  readonly versions?: Readonly<Record<string, VersionSpec<S>>>;
  readonly unexpected?: Given<'allow' | 'report' | 'forbid'>;
  readonly trust?: Given<'accounted' | 'quiet'>;
  readonly prove?: Given<boolean>;
  readonly handoffs?: {
    readonly consumers?: Readonly<Record<string, Given<number>>>;
    readonly uninstrumented?: readonly string[];
  };
  readonly correlation?: readonly string[];
  readonly examples?: ExamplesSpec;
}

/** A parameter, or a variable of the environment, in place of any value: `${most}`, `${env:REGION}`. */
export type ParameterReference = `\${${string}}`;

/** A value as a file may give it: itself, or a reference. */
type Given<T> = T extends string
  ? string extends T
    ? T
    : T | ParameterReference
  : T extends number | boolean
    ? T | ParameterReference
    : { readonly [K in keyof T]: Given<T[K]> };

/** A node of the order as a file spells it. */
export type FlowFileNode<S extends string = string> =
  | S
  | {
      readonly sequence:
        | readonly FlowFileNode<S>[]
        | { readonly by: 'start' | 'end'; readonly of: readonly FlowFileNode<S>[] };
    }
  | { readonly parallel: readonly FlowFileNode<S>[] }
  | { readonly 'any-order': readonly FlowFileNode<S>[] }
  | { readonly choice: readonly FlowFileNode<S>[] }
  | { readonly 'any-of': readonly FlowFileNode<S>[] }
  | { readonly optional: FlowFileNode<S> }
  | { readonly repeat: RepeatSpec<S> }
  | { readonly step: S; readonly under?: S }
  | { readonly flow: string }
  | { readonly if: string; readonly then: FlowFileNode<S>; readonly else?: FlowFileNode<S> };

/** Rounds of one step, or of a part of the order. */
export type RepeatSpec<S extends string = string> = {
  readonly times: number | string;
  readonly parallel?: Given<boolean>;
  readonly between?: FlowFileNode<S>;
} & ({ readonly step: S; readonly of?: never } | { readonly of: FlowFileNode<S>; readonly step?: never });

export interface ParameterSpec {
  readonly default?: ParameterValue;
  readonly 'one-of'?: readonly ParameterValue[];
  readonly about?: string;
}

export type StepSpec<S extends string = string> = Given<Criteria> & {
  readonly 'may-fail'?: Given<boolean>;
  readonly attempts?: number | string;
  readonly hedged?: Given<boolean>;
  readonly inside?: FlowFileNode<S>;
};

type Criteria = Omit<StepMatcher, 'step' | 'tries'>;

/** A step as it is written down when nothing is left to be filled in. */
export type WrittenStep = Criteria &
  Pick<StepSpec, 'attempts' | 'inside'> & { readonly 'may-fail'?: boolean; readonly hedged?: boolean };

type RuleOptions = { readonly when?: string; readonly where?: string; readonly within?: string };

export type RuleSpec<S extends string> = RuleOptions &
  (
    | OneOf<(typeof UNARY_RULES)[number], S>
    | OneOf<(typeof COUNT_RULES)[number], readonly [step: S, count: Given<number>]>
    | OneOf<(typeof CHOICE_RULES)[number], readonly S[]>
    | OneOf<(typeof BINARY_RULES)[number], readonly [a: S, b: S]>
  );

type OneOf<K extends string, T> = { readonly [key in K]: { readonly [only in key]: T } }[K];

export type BudgetSpecs<S extends string> = Readonly<
  Partial<Record<'total' | S | `${S} -> ${S}`, string | BudgetSpec>>
>;

export interface BudgetSpec {
  readonly 'at-most'?: string;
  readonly 'at-least'?: string;
  readonly per?: Given<'occurrence' | 'attempt'>;
}

export interface ForbiddenSpec {
  readonly name?: string;
  readonly value?: string;
  readonly service?: string;
}

interface EffectOptions<S extends string> {
  readonly count?: Given<number>;
  readonly expect?: string;
  readonly parent?: S;
  readonly within?: string;
}

export type EffectSpec<S extends string> =
  | { readonly neo4j: EffectOptions<S> & { readonly cypher: string } }
  | { readonly redis: EffectOptions<S> & { readonly key: string } }
  | {
      readonly kafka: EffectOptions<S> & {
        readonly topic: string;
        readonly key: string;
        readonly 'consumed-by'?: readonly string[];
      };
    };

export interface VoteSpec<S extends string> {
  readonly step: S;
  readonly vote: string;
  readonly voter?: string;
  readonly needed: Given<number>;
  readonly of: Given<number>;
  readonly outcome: S;
}

export interface LeaseSpec<S extends string> {
  readonly 'granted-by': S;
  readonly neo4j?: { readonly cypher: string };
  readonly redis?: { readonly key: string };
  readonly kafka?: { readonly topic: string; readonly key: string };
  readonly ours: string;
  readonly from: string;
  readonly until: string;
  readonly capacity?: Given<number>;
  readonly skew?: string;
}

export interface VersionSpec<S extends string> {
  readonly 'written-by': S | readonly S[];
  readonly 'read-by': S | readonly S[];
  readonly version: string;
  readonly key?: string;
}

export interface ExamplesSpec {
  readonly accepts?: readonly string[];
  readonly rejects?: readonly string[];
  readonly recorded?: readonly (
    | string
    | {
        readonly file: string;
        readonly request?: string;
        readonly verdict?: 'pass' | 'fail' | 'unknown';
        readonly finding?: string;
      }
  )[];
}
