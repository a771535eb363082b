import type { CompiledFlow } from './flow.js';
import type { StoredValue, StoreObservation } from './observation.js';
import type { WorkflowTrace } from './trace.js';

/** All that a verdict is made from. Validators see this and nothing else. */
export interface Evidence {
  readonly flow: CompiledFlow;
  readonly trace: WorkflowTrace;
  /** One for each effect that was read; the latest where it was read more than once. */
  readonly observations: readonly StoreObservation[];
  /** What expressions may speak of, besides the record they look at. */
  readonly scope: ExpressionScope;
  /** True of a request that nobody sent for the flow's sake, as whatever a standing collector hears: without a step of the flow it is no business of the flow. */
  readonly overheard?: boolean;
}

/** Names an expression can use: `steps` (by step name, `-` as `_`), `values`, `params`; invariants also `spans` and `request`. */
export interface ExpressionScope {
  readonly steps: Readonly<Record<string, readonly StepInScope[]>>;
  /** The flow's `values`, evaluated; a value that could not be is absent. */
  readonly values: Readonly<Record<string, StoredValue>>;
  readonly params?: Readonly<Record<string, StoredValue>>;
}

export interface StepInScope {
  readonly spanId: string;
  readonly input: StoredValue;
  readonly output: StoredValue;
  readonly attributes: Readonly<Record<string, StoredValue>>;
  readonly status: string;
  readonly service: string;
  readonly durationMs: number;
}
