export { type AccountBook, createAccountBook, isAccounted } from './accounting.js';
export type { Origin } from './accounting-rules.js';
export {
  type Assembler,
  createAssembler,
  type DeclaredOrigin,
  type RequestSummary,
} from './assembler.js';
export type { Growth, ReadMark } from './growth.js';
export type { AssemblerOptions } from './options.js';
export { factsOf, type LinkFacts, type SpanFacts } from './span-facts.js';
export type { Unit } from './unit.js';
