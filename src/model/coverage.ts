/** The parts of a flow that requests can exercise, in the order they are told. */
export const COVERAGE_KINDS = [
  'step',
  'branch',
  'option',
  'rounds',
  'condition',
  'rule',
  'budget',
  'invariant',
  'effect',
] as const;
export type CoverageKind = (typeof COVERAGE_KINDS)[number];

/** One part of a flow, and how many requests exercised it. */
export interface CoveredPart {
  readonly kind: CoverageKind;
  /** What it is called, after its kind. */
  readonly name: string;
  /** Tells parts of one name apart: where in the flow it is. The same in each run of the same flow. */
  readonly id: string;
  readonly requests: number;
}

/** What of a flow some requests exercised, and what not. */
export interface FlowCoverage {
  readonly flow: string;
  readonly requests: number;
  /** How many of them were no run of the flow's order: of these, steps are counted, and neither branches nor rounds. */
  readonly unplaced: number;
  readonly parts: readonly CoveredPart[];
}
