import { type Finding, spanIdsOf } from '../../model/index.js';
import { findingAbout } from '../finding-about.js';
import type { Subject } from '../subject.js';

/**
 * The order that is certain and the order that the flow requires form a cycle: no run of the flow can have gone this way.
 *
 * ```
 *   certain    cache-write ──▇▇──╮
 *                                ╰─▶ graph-write ──▇▇──        by cause, sequence number, offset or clock
 *   required   graph-write ──────────▶ cache-write             by the flow
 * ```
 *
 * The finding is the shortest such cycle; there is one for each occurrence that has to be taken away to break them all. Stands under any completion: only
 * facts that no late span can change are used. Cannot tell, and finds nothing, where neither order is certain.
 */
export function wrongOrder(subject: Subject): readonly Finding[] {
  if (subject.order.contradiction) return [];
  return subject.order.check.cycles.map((cycle) => {
    const spanIds = [...new Set(cycle.map(({ from }) => from.spanId))];
    const tooEarly = cycle.find(({ because }) => because.kind === 'flow')?.to;
    const occurrences = subject.steps.filter(
      (step) => tooEarly !== undefined && spanIdsOf(step).includes(tooEarly.spanId),
    );
    return findingAbout(subject, 'wrong-order', {
      about: { ...(tooEarly && { step: tooEarly.step }), occurrences, spanIds },
      facts: { cycle },
    });
  });
}
