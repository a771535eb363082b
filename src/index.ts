export { loadScenario, loadScenarioFile, resolveSettings, type Settings } from './config/index.js';
export { type ErrorCode, type SourceProblem, TracecourtError } from './errors.js';
export { loadFlow, loadFlowFile } from './flow/index.js';
export type {
  AssembledRequest,
  CompiledFlow,
  Finding,
  FindingCode,
  Outcome,
  RunEvent,
  StoreObservation,
  TestScenario,
  TraceStep,
  UnknownReason,
  Verdict,
  WorkflowTrace,
} from './model/index.js';
export {
  DataFlowValidator,
  IntegrationTestOrchestrator,
  type IntegrationTestResult,
  loadScenarios,
  planCases,
  type RunOptions,
  ServiceHealthValidator,
  type SystemState,
} from './orchestrator/index.js';
export { jsonReporter, type Reporter, terminalReporter } from './report/index.js';
