export type { SpanExporter } from '@opentelemetry/sdk-trace';
export { CAPTURE_LIMIT, captureJson, TRUNCATED } from './capture.js';
export { type CypherSummary, summarizeCypher } from './cypher-summary.js';
export { GrpcInstrumentation } from './grpc.js';
export { createFetchInstrumentation, createHttpInstrumentation } from './http.js';
export { KafkaInstrumentation } from './kafka.js';
export { createLedgerProcessor, type LedgerProcessor, LINGER_MS } from './ledger-processor.js';
export { createLedgerPropagator, type LedgerPropagatorOptions } from './ledger-propagator.js';
export { instrumentDriver, Neo4jInstrumentation } from './neo4j.js';
export { REDACTED, redactText } from './redact.js';
export { RedisInstrumentation } from './redis.js';
export { redisQueryText } from './redis-query-text.js';
export { contextWithRequestId, currentRequestId, withRequestId } from './request-id.js';
export { currentTracing, startTracing, type Tracing, type TracingOptions } from './start-tracing.js';
export {
  type Account,
  formatAccount,
  formatHandoff,
  type HandoffId,
  parseAccount,
  parseHandoff,
} from './wire-names.js';
export { type StepOptions, setStepAttributes, unwrapStep, wrapStep } from './wrap-step.js';
