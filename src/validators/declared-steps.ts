import { oncePer } from '../lib/once-per.js';
import type { CompiledFlow, FlowStep } from '../model/index.js';

/** The steps of a flow by name. */
export const declaredSteps = oncePer(
  (flow: CompiledFlow): ReadonlyMap<string, FlowStep> => new Map(flow.steps.map((step) => [step.name, step] as const)),
);
