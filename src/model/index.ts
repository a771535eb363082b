export { answered } from './answered.js';
export { budgetText } from './budget-text.js';
export { COVERAGE_KINDS, type CoverageKind, type CoveredPart, type FlowCoverage } from './coverage.js';
export type { Evidence, ExpressionScope, StepInScope } from './evidence.js';
export {
  type CycleEdge,
  type EffectFacts,
  FINDING_CODES,
  type Finding,
  type FindingCode,
  type FindingFacts,
  type FindingOf,
  type OrderFact,
  type StepPoint,
} from './finding.js';
export { firstFew } from './first-few.js';
export {
  BINARY_RULES,
  type Budget,
  type BudgetScope,
  CHOICE_RULES,
  COUNT_RULES,
  type CompiledFlow,
  type CountRange,
  type Effect,
  type EffectQuery,
  type FlowExamples,
  type FlowNode,
  type FlowStep,
  type ForbiddenAttribute,
  type HandoffDeclarations,
  type Invariant,
  type LeaseRule,
  leaseEffect,
  type OutboxRule,
  type ParameterValue,
  type RecordedExample,
  type Rule,
  type RuleCondition,
  type RuleKind,
  type TimeWindow,
  UNARY_RULES,
  type VersionRule,
  type VoteRule,
} from './flow.js';
export {
  type FlowComparison,
  type FlowDifference,
  ORDER_RELATIONS,
  type OrderRelation,
  type PlacedDifference,
  type Presence,
  type Side,
} from './flow-difference.js';
export { type FlowOverlay, type OverlaidLeaf, STEP_STATES, type StepState } from './flow-overlay.js';
export { leavesUnder, partsOf, stepsUnder } from './flow-parts.js';
export { handoffIn } from './handoff-in.js';
export {
  type JudgeableRequest,
  MUTATION_KINDS,
  type MutatedRequest,
  type Mutation,
  type MutationKind,
  type MutationResult,
  type MutationTally,
  mutationName,
  type Specimen,
} from './mutation.js';
export {
  type CacheEntry,
  type GraphRow,
  type GroupPosition,
  type LogMessage,
  type ObservationRead,
  type ObservationUnreachable,
  type ProbeRequest,
  type ResolvedQuery,
  type ServerIdentity,
  STORE_NAMES,
  type StoredRecord,
  type StoredValue,
  type StoreName,
  type StoreObservation,
} from './observation.js';
export { namedProcess } from './process-name.js';
export { ruleText } from './rule-text.js';
export type { Awaited, RunEvent, RunEventOf, RunEventType } from './run-event.js';
export type {
  DefectChannel,
  DefectPair,
  ExpectedFinding,
  HttpTrigger,
  PlantedDefect,
  ScenarioRequest,
  ScenarioTimeouts,
  ServiceStart,
  TestScenario,
} from './scenario.js';
export type { CheckKind, HealthState, ServiceHealth } from './service-health.js';
export {
  ANY_INITIAL,
  type Attributes,
  type AttributeValue,
  entriesByAnyName,
  initialOf,
  SPAN_KINDS,
  type Span,
  type SpanBatch,
  type SpanEvent,
  type SpanKind,
  type SpanLink,
  type SpanStatus,
} from './span.js';
export {
  columnsOf,
  MAX_POINTS,
  MAX_PROCESSES,
  MAX_SPANS,
  type PlainColumns,
  ROW,
  ROW_LENGTH,
  type SpanColumns,
} from './span-columns.js';
export { MAX_SHAPES, SHAPE_ATTRIBUTES, type ShapeTable } from './span-shape.js';
export { type SpanTree, spanTree } from './span-tree.js';
export { STAMP_NAMES } from './stamp-names.js';
export {
  CLIENT_SYSTEMS,
  type ClientSystem,
  type LedgerValues,
  type StepMatcher,
  type StepReader,
  type ValueConditions,
  type ValueTest,
} from './step.js';
export { nameInExpressions } from './step-names.js';
export { decisiveSpanId, restsOn, spanIdsOf } from './step-spans.js';
export { STORE_FAILURE_KINDS, type StoreFailure, type StoreFailureKind } from './store-failure.js';
export {
  type Accounting,
  type AssembledRequest,
  COMPLETION_REASONS,
  type CompletionReason,
  type CompletionStatus,
  type Handoff,
  type Join,
  type MissingParent,
  type ProcessAccount,
  type StepAttempt,
  type StepStatus,
  type TraceStep,
  type WorkflowTrace,
} from './trace.js';
export {
  type CaseStatus,
  type Consequence,
  OUTCOMES,
  type Outcome,
  type Strength,
  UNKNOWN_REASONS,
  type Unchecked,
  type UnknownReason,
  type UnknownReasonCode,
  type Verdict,
  worseOutcome,
  worstOutcome,
} from './verdict.js';
