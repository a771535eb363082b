import type { Clocks } from './clocks.js';
import { addArrow, addNode, BECAUSE, type OrderGraph } from './order-graph.js';
import { TOLERANCE_NANOS } from './tolerance.js';

interface Timeline {
  readonly times: readonly number[];
  /** One boundary a point: everything that was read at that time or later. */
  readonly from: readonly number[];
}

/**
 * Adds what the clocks prove between the points of steps: p before q if the readings differ by more than the clocks can. Within one process
 * two stamped points need no clock, and get none. Linear in points × processes. `scenery`: between the points of other spans too.
 */
export function addClockOrder(
  graph: OrderGraph,
  {
    clocks,
    stamped,
    scenery = false,
  }: { readonly clocks: Clocks; readonly stamped: ReadonlySet<number>; readonly scenery?: boolean },
): void {
  const byProcess = new Map<string, number[]>(clocks.usable.map((process) => [process, []]));
  graph.points.forEach((point, node) => {
    if (point && (scenery || point.step !== undefined)) byProcess.get(point.process)?.push(node);
  });
  const busy = [...byProcess].filter(([, nodes]) => nodes.length > 0);
  for (const [to, nodes] of busy) {
    const whole = addTimeline(graph, nodes);
    const unstamped = addTimeline(
      graph,
      nodes.filter((node) => !stamped.has(node)),
    );
    for (const [from, sources] of busy) {
      const bound = clocks.bound(from, to);
      if (bound === Infinity) continue;
      for (const source of sources) {
        const timeline = from === to && stamped.has(source) ? unstamped : whole;
        const time = graph.points[source]?.time ?? 0;
        const reached = firstAtLeast(timeline.times, time + bound + TOLERANCE_NANOS);
        const boundary = timeline.from[reached];
        if (boundary !== undefined) addArrow(graph, source, boundary, BECAUSE.clock);
      }
    }
  }
}

function addTimeline(graph: OrderGraph, nodes: readonly number[]): Timeline {
  const timeOf = (node: number): number => graph.points[node]?.time ?? 0;
  const sorted = [...nodes].sort((a, b) => timeOf(a) - timeOf(b));
  const from = sorted.map((node) => {
    const boundary = addNode(graph);
    addArrow(graph, boundary, node, BECAUSE.clock);
    return boundary;
  });
  from.forEach((boundary, i) => {
    const next = from[i + 1];
    if (next !== undefined) addArrow(graph, boundary, next, BECAUSE.clock);
  });
  return { times: sorted.map(timeOf), from };
}

function firstAtLeast(times: readonly number[], wanted: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) >= wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}
