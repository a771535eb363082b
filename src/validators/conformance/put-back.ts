import { isShortRepeat, type OrderNode, partsOf } from './order-tree.js';
import { emptyRun, NEXT_ROUND, type RunNode } from './run-node.js';

export interface PuttingBack {
  readonly run: RunNode | undefined;
  readonly occurrence: number;
  readonly place: number;
}

/**
 * A copy of a run with one occurrence more at a place; undefined if the counts leave no room there. In long rounds nobody can say which round it belongs to: there
 * is no room either. A round that it makes comes where its number says.
 */
export function putBack(node: OrderNode, putting: PuttingBack): RunNode | undefined {
  const { run, occurrence, place } = putting;
  const at = partsOf(node).findIndex((part) => part.first <= place && place < part.after);
  const part = partsOf(node)[at];
  if (!part) return run ? undefined : { ...emptyRun(node), occurrences: [occurrence] };
  switch (node.kind) {
    case 'optional':
      return putBack(part, putting);
    case 'choice':
      return run && !isOf(part, run) ? undefined : putBack(part, putting);
    case 'repeat':
      return isShortRepeat(node) ? putRound(node, putting) : undefined;
    default:
      return putPart(node, { part, at }, putting);
  }
}

/** True if the run is one of this node, or of what it is a choice of. */
function isOf(node: OrderNode, run: RunNode): boolean {
  return node.first <= run.node.first && run.node.after <= node.after;
}

function putPart(
  node: OrderNode,
  { part, at }: { readonly part: OrderNode; readonly at: number },
  { run = emptyRun(node), occurrence, place }: PuttingBack,
): RunNode | undefined {
  const entered = run.parts.find((each) => each.at === at);
  const put = putBack(part, { run: entered?.run, occurrence, place });
  if (!put) return undefined;
  const parts = run.parts.map((each) => (each === entered ? { at, run: put } : each));
  return { ...run, parts: entered ? parts : [...parts, { at, run: put }] };
}

function putRound(
  node: OrderNode & { readonly kind: 'repeat' },
  { run = emptyRun(node), occurrence }: PuttingBack,
): RunNode | undefined {
  if (run.parts.length >= node.max) return undefined;
  const round = { at: NEXT_ROUND, run: { ...emptyRun(node.child), occurrences: [occurrence] } };
  const later = run.parts.findIndex((part) => (part.run.occurrences[0] ?? 0) > occurrence);
  return { ...run, parts: run.parts.toSpliced(later < 0 ? run.parts.length : later, 0, round) };
}
