export {
  anyOf,
  anyOrder,
  choice,
  type FlowBuilder,
  type FlowDetails,
  type FlowFile,
  flow,
  flowFromYaml,
  named,
  optional,
  type Part,
  type PartLike,
  parallel,
  repeat,
  type StepSpec,
  sequence,
  sequenceByStart,
  under,
  when,
} from './builder/index.js';
export { type Accepts, diffFlows, type PlayedRun } from './diff/index.js';
export { expressionScope } from './expression-scope.js';
export {
  type LearntFlow,
  type LearntStep,
  learnBudgets,
  learnOrders,
  learnSteps,
  type SeenRequest,
  wholeLog,
  writeFlow,
} from './learn/index.js';
export { loadFlow, loadFlowFile, loadFlowSchema } from './load-flow.js';
export { flowMatchers, matcherWarnings } from './matchers.js';
export { beyondWords, type Lawful, type Mutant, mutantsOf, wordSpecimens } from './mutate/index.js';
export type { FlowSurroundings } from './parameters.js';
export { type ProbePlan, planProbes, storeReads, type UnplannedEffect } from './plan-probes.js';
export { wordOrder } from './word-order.js';
