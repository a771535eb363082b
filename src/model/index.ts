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
export type {
  Budget,
  CompiledFlow,
  Effect,
  EffectQuery,
  FlowNode,
  FlowStep,
  HandoffDeclarations,
  OutboxRule,
  VoteRule,
} from './flow.js';
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
export type { RunEvent, RunEventOf, RunEventType } from './run-event.js';
export type {
  DefectChannel,
  DefectPair,
  HttpTrigger,
  PlantedDefect,
  ScenarioRequest,
  ScenarioTimeouts,
  ServiceStart,
  TestScenario,
} from './scenario.js';
export {
  type Attributes,
  type AttributeValue,
  SPAN_KINDS,
  type Span,
  type SpanBatch,
  type SpanEvent,
  type SpanKind,
  type SpanLink,
  type SpanStatus,
} from './span.js';
export { STAMP_NAMES } from './stamp-names.js';
export { CLIENT_SYSTEMS, type ClientSystem, type StepMatcher } from './step.js';
export type {
  Accounting,
  AssembledRequest,
  CompletionReason,
  CompletionStatus,
  Handoff,
  Join,
  MissingParent,
  ProcessAccount,
  StepAttempt,
  StepStatus,
  TraceStep,
  WorkflowTrace,
} from './trace.js';
export {
  type CaseStatus,
  type Consequence,
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
