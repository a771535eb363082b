import type { AssemblerOptions } from '../../collectors/index.js';
import type { CompiledFlow } from '../model/index.js';
import type { AssemblerTimes } from './bundle.js';
import type { RunCase } from './run-plan.js';

/** One collector serves all cases of a run: it is as patient as the most patient of them. */
export function assemblerTimes(cases: readonly RunCase[], rootQuietMs: number): AssemblerTimes {
  const timeouts = cases.map(({ loaded }) => loaded.scenario.timeouts);
  return {
    rootQuietMs,
    idleMs: Math.max(...timeouts.map(({ quietMs }) => quietMs)),
    deadlineMs: Math.max(...timeouts.map(({ requestMs }) => requestMs)),
  };
}

/** What the assembler is told: times, and what the flows declare of their hand-offs. The same live and in a replay. */
export function assemblerOptions(
  flows: readonly Pick<CompiledFlow, 'handoffs' | 'correlation'>[],
  times: AssemblerTimes,
): AssemblerOptions {
  const consumers: Record<string, number> = {};
  for (const { handoffs } of flows) Object.assign(consumers, handoffs.consumers);
  const uninstrumented = [...new Set(flows.flatMap(({ handoffs }) => handoffs.uninstrumented))];
  const correlation = [...new Set(flows.flatMap((flow) => flow.correlation))];
  return { ...times, handoffs: { consumers, uninstrumented }, correlation };
}
