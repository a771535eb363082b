export { acceptsRun } from './accepts-run.js';
export { type CertainOrder, certainOrder } from './certain-order.js';
export { ambiguityWarnings, checkWord } from './check-word.js';
export { coverageOf, type Exercised, exercised } from './coverage/index.js';
export type { Evaluate } from './evaluate.js';
export { judge } from './judge.js';
export { awaitedNext, judgeOpen } from './open/judge-open.js';
export { PRECEDENCE, type PrecedenceRule } from './precedence.js';
export { type PlacedStep, type RequestReading, type RunReading, readRun } from './read-run.js';
