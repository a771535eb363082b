export { type ErrorCode, type SourceProblem, TracecourtError } from './errors.js';
export type * from './model/index.js';
