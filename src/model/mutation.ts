import type { CompiledFlow } from './flow.js';
import type { StoreName, StoreObservation } from './observation.js';
import type { AssembledRequest } from './trace.js';
import type { Verdict } from './verdict.js';

/** The ways in which a request that conforms is made wrong, in the order they are told. */
export const MUTATION_KINDS = [
  'drop',
  'duplicate',
  'swap',
  'delay',
  'change',
  'forget',
  'repeat-effect',
  'change-record',
  'fail',
  'lose-context',
] as const;
export type MutationKind = (typeof MUTATION_KINDS)[number];

/** One way in which a request that conforms is made wrong. */
export type Mutation =
  /** The step never happens, and leaves nothing. */
  | { readonly kind: 'drop'; readonly step: string }
  /** It happens `copies` times more than it did: once more than the order allows, where the order says how often. */
  | { readonly kind: 'duplicate'; readonly step: string; readonly copies: number }
  /** Two steps, of which the flow requires the first before the second, change places. */
  | { readonly kind: 'swap'; readonly step: string; readonly with: string }
  | { readonly kind: 'delay'; readonly step: string; readonly byMs: number }
  /** An attribute of the step, or a field of what it was given or gave back, has another value. */
  | { readonly kind: 'change'; readonly step: string; readonly what: string }
  /** The step leaves nothing in the store. */
  | { readonly kind: 'forget'; readonly step: string; readonly store: StoreName }
  /** The store has one record more than it should. */
  | { readonly kind: 'repeat-effect'; readonly step: string; readonly store: StoreName }
  /** The store holds another value in one field of what the step left. */
  | { readonly kind: 'change-record'; readonly step: string; readonly store: StoreName; readonly field: string }
  | { readonly kind: 'fail'; readonly step: string }
  /** The context is not passed on to the step: it starts a trace of its own. */
  | { readonly kind: 'lose-context'; readonly step: string };

/** What a mutation is called: in reports, and in `--allow`. */
export function mutationName(mutation: Mutation): string {
  switch (mutation.kind) {
    case 'swap':
      return `swap ${mutation.step} ${mutation.with}`;
    case 'change':
      return `change ${mutation.step} ${mutation.what}`;
    case 'forget':
    case 'repeat-effect':
      return `${mutation.kind} ${mutation.step} ${mutation.store}`;
    case 'change-record':
      return `change-record ${mutation.step} ${mutation.store} ${mutation.field}`;
    default:
      return `${mutation.kind} ${mutation.step}`;
  }
}

/** A request as it can be judged: its spans, and what the stores showed of it. */
export interface JudgeableRequest {
  readonly request: AssembledRequest;
  readonly observations: readonly StoreObservation[];
}

/** A request with what of the flow it is held to. */
export interface Specimen extends JudgeableRequest {
  /** What it is called in reports: a word, or a file and a request's id. */
  readonly name: string;
  readonly flow: CompiledFlow;
  /** False for one made from a word: it has neither attributes nor values. */
  readonly hasValues: boolean;
}

/** One mutation of a flow's requests, and how often it was noticed. */
export interface MutationTally {
  readonly mutation: Mutation;
  readonly name: string;
  readonly tried: number;
  /** Verdicts `fail`. */
  readonly caught: number;
  /** Verdicts `unknown`: it did not pass, and nothing says what is wrong. */
  readonly doubted: number;
  readonly uncaught: number;
  /** Codes of the findings that told of it. */
  readonly by: readonly string[];
  /** The requests in which nothing failed. */
  readonly missedIn: readonly string[];
  /** True if somebody said that it need not be noticed. */
  readonly allowed: boolean;
}

/** A request that is to be made wrong. */
export interface MutatedRequest {
  readonly name: string;
  /** False: it does not pass as it is, so that nothing can be learned from making it worse. */
  readonly conforms: boolean;
  /** Why it does not. */
  readonly verdict: Verdict;
}

/** What became of every mutation of some requests. */
export interface MutationResult {
  readonly requests: readonly MutatedRequest[];
  readonly tried: number;
  readonly caught: number;
  readonly doubted: number;
  readonly uncaught: number;
  readonly mutations: readonly MutationTally[];
}
