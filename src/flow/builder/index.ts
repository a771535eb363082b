export { type FlowBuilder, type FlowDetails, flow, flowFromYaml } from './flow-builder.js';
export type { FlowFile, StepSpec, WrittenStep } from './flow-file.js';
export {
  anyOf,
  anyOrder,
  choice,
  named,
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
