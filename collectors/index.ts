export {
  type AccountBook,
  type Assembler,
  type AssemblerOptions,
  createAccountBook,
  createAssembler,
  type DeclaredOrigin,
  factsOf,
  type Growth,
  isAccounted,
  type LinkFacts,
  type Origin,
  type ReadMark,
  type RequestSummary,
  type SpanFacts,
} from './assembler/index.js';
export { type AssemblerInput, replayInputs } from './assembler-input.js';
export { type Collector, type CollectorOptions, startCollector } from './collector.js';
export type { AssemblerCounts, SourceCounts } from './counts.js';
export { stepsThatFit } from './matcher-index.js';
export { type DecodedTraces, decodeTraces, type Refused } from './otlp-decode/index.js';
export { type OtlpHttpOptions, startOtlpHttpSource } from './otlp-http-source.js';
export { toOtlpJson } from './otlp-json.js';
export { type PlainAttributes, type PlainSpan, plainSpan, plainTrace } from './plain-span.js';
export type { Arrival, Deliver, SpanSource } from './span-source.js';
export { stepReader } from './step-reader.js';
export { matchersOfOwnSteps, nameSteps } from './steps.js';
