export { type FlowBuilder, type FlowDetails, flow, flowFromYaml } from './flow-builder.js';
export type { FlowFile, StepSpec } from './flow-file.js';
export {
  anyOf,
  anyOrder,
  choice,
  optional,
  type Part,
  type PartLike,
  parallel,
  repeat,
  sequence,
  sequenceByStart,
  under,
  when,
} from './parts.js';
