export {
  type CheckOptions,
  type Conformance,
  createChecker,
  type OrderChecker,
} from './check-order.js';
export { type CompiledOrder, compileOrder } from './compiled-order.js';
export { boundsOfNodes } from './label-bounds.js';
export { costsOf } from './leaf-costs.js';
export type { CycleEdge, CyclePoint, Deletion, Insertion, LeastEdits } from './least-edits.js';
export {
  isShortRepeat,
  labelOf,
  type OrderNode,
  type Place,
  partsOf,
  type RepeatNode,
  UNBOUNDED,
} from './order-tree.js';
export { emptyCounts } from './placing.js';
export type { OrderedOccurrence, RequestOrder } from './request-order.js';
export type { RequiredOrder, Run } from './run.js';
export { type RunStrength, strengthOf } from './strength.js';
export { emptyTimes, fitsCounts, type PlaceCounts, type Times } from './times.js';
export { type AmbiguityWarning, classOf, type InexactReason, type TreeClass } from './tree-class.js';
