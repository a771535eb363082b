import type { CompiledFlow, JudgeableRequest, TraceStep } from '../../model/index.js';
import type { Family } from './family.js';

/** A request that conforms, ready to be made wrong. */
export interface Subject extends JudgeableRequest {
  readonly flow: CompiledFlow;
  readonly steps: readonly TraceStep[];
  readonly family: Family;
  occurrencesOf(step: string): readonly TraceStep[];
}
