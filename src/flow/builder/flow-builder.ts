import { stringify } from 'yaml';
import { readYaml } from '../../lib/yaml-document.js';
import type { CompiledFlow } from '../../model/index.js';
import { loadFlow } from '../load-flow.js';
import type { FlowSurroundings } from '../parameters.js';
import type { FlowFile, StepSpec } from './flow-file.js';
import { named, namedIn, nodeOf, type Part, type PartLike } from './parts.js';

/** What a flow says beside its name, its steps, its order and its parts. */
export type FlowDetails<S extends string> = Omit<FlowFile<S>, 'version' | 'flow' | 'steps' | 'order' | 'flows'>;

/**
 * A flow made in TypeScript: the same as a flow file, with the names of its steps known to the compiler. Each call gives a new flow; none changes the one it is
 * called on.
 *
 * ```ts
 *   const checkout = flow('checkout')
 *     .steps({ reserve: { service: 'shop' }, pay: { service: 'shop' } })
 *     .order(sequence('reserve', 'pay'));
 * ```
 */
export interface FlowBuilder<S extends string> {
  /** The steps, each with what its spans are known by. Replaces those given before. */
  steps<T extends string>(steps: Readonly<Record<T, StepSpec<NoInfer<T>>>>): FlowBuilder<T>;
  /** The order, with the parts that have names of their own. Replaces one given before. */
  order(part: PartLike<S>): FlowBuilder<S>;
  /** The order made with one part that has a name of its own; for several, see {@link named}. Replaces an order given before. */
  part<P extends PartLike<S>>(name: string, part: P, use: (named: Part<S>) => PartLike<S>): FlowBuilder<S>;
  /** Everything else that a flow can say; what is said twice counts as it was said last. */
  with(details: FlowDetails<S>): FlowBuilder<S>;
  /** The flow as a file. */
  toYaml(): string;
  /** As {@link loadFlow}: throws TracecourtError `invalid-flow`, whose places are those of {@link toYaml}. */
  compile(surroundings?: FlowSurroundings): Promise<CompiledFlow>;
}

/** A flow that has no steps yet. */
export function flow(name: string): FlowBuilder<never> {
  return builderOf({ version: 1, flow: name, steps: {} });
}

/** The flow that a file's text spells, to be built upon. The names of its steps are known when it is compiled, not before. */
export function flowFromYaml(text: string): FlowBuilder<string> {
  const { data } = readYaml(text);
  return builderOf((typeof data === 'object' && data !== null ? data : {}) as FlowFile);
}

function builderOf<S extends string>(file: FlowFile): FlowBuilder<S> {
  const toYaml = (): string => stringify(file, { lineWidth: 0 });
  return {
    steps: (steps) => builderOf({ ...file, steps }),
    order: (part) => {
      const parts = { ...file.flows, ...namedIn(part) };
      return builderOf({ ...file, ...(Object.keys(parts).length > 0 && { flows: parts }), order: nodeOf(part) });
    },
    part: (name, part, use) => builderOf<S>(file).order(use(named<S>(name, part))),
    with: (details) => builderOf({ ...file, ...details } as FlowFile),
    toYaml,
    compile: (surroundings) => loadFlow(toYaml(), `flow ${file.flow}`, surroundings),
  };
}
