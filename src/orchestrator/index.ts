export { plainTrace } from '../../collectors/index.js';
export { beyondWords, loadFlowFile, loadFlowSchema } from '../flow/index.js';
export { type Bundle, newestRun, readBundle } from './bundle-reader.js';
export { type CheckedRecording, unprovenOrders } from './check-recorded.js';
export { checkSpans } from './check-spans.js';
export { type ComparedFlows, compareFlows } from './compare-flows.js';
export { coverRecorded, coverRuns } from './cover.js';
export { DataFlowValidator } from './data-flow-validator.js';
export { DRAWING_FORMATS, type DrawingFormat, drawFlow, overlayRecorded, overlayReplayed } from './draw-flow.js';
export { combineExitCodes, EXIT_CODES, type ExitCode, exitCodeOf } from './exit-code.js';
export { type Expectation, expectationOf, shortfalls } from './expectation.js';
export { type Endpoint, parseEndpoint } from './health/endpoint.js';
export type { HealthRules } from './health/health-course.js';
export { type WatchedService, watchHealth } from './health/watch-health.js';
export {
  IntegrationTestOrchestrator,
  type IntegrationTestResult,
  type SystemState,
} from './integration-test-orchestrator.js';
export { type LearnResult, learnFlow } from './learn-flow.js';
export { loadScenarios } from './load-scenarios.js';
export { mutateFlow } from './mutate-flow.js';
export { probesAt, type StoreAddresses } from './open-stores.js';
export { type FoundCase, findReplayed, isAsSpoken, type ReplayedCase, replayBundle } from './replay.js';
export { type RunOptions, type RunResult, runCases } from './run.js';
export type { CaseResult } from './run-case.js';
export { type CollectorListeners, type CompletedLine, type OpenEvent, runCollector } from './run-collector.js';
export { type LoadedScenario, planCases, planVariants, type RunCase } from './run-plan.js';
export { type HealthOptions, ServiceHealthValidator } from './service-health-validator.js';
export { specimensOf } from './specimens.js';
export { testFlow, warningsOf } from './test-flow.js';
export { bringUp, type Up } from './up.js';
