import type { OrderNode, RepeatNode } from './order-tree.js';
import { describeRun, type Run, type RunNode } from './run.js';
import { type Move, NEXT_ROUND, type Path, SAME_PART } from './run-moves.js';
import { type RunState, type RunStates, withoutTags } from './run-state.js';

/** An occurrence that started, and how. */
export interface TakenStep {
  readonly occurrence: number;
  readonly move: Move;
  /** Occurrences that no longer matter after it. */
  readonly gone: ReadonlySet<number>;
}

/** A node of a run while it is put together: its parts by where the paths say they are, in order of entry. */
interface Growing {
  readonly node: OrderNode;
  readonly parts: Map<number, Growing>;
  readonly occurrences: number[];
  /** Of a copy: the state it is in. */
  state: RunState | undefined;
}

/** Puts together the run that the steps of a search make. */
export function replaySteps(
  root: OrderNode,
  {
    steps,
    states,
    count,
  }: { readonly steps: readonly TakenStep[]; readonly states: RunStates; readonly count: number },
): Run {
  let grown: Growing | undefined;
  const copies: Growing[] = [];
  for (const { occurrence, move, gone } of steps) {
    grown = grow(grown ?? root, { path: move.path, occurrence, copies });
    if (gone.size > 0) for (const copy of copies) copy.state = copy.state && withoutTags(copy.state, gone, states);
  }
  const run = finish(grown ?? { node: root, parts: new Map(), occurrences: [], state: undefined });
  return describeRun(run, { count, order: steps.map(({ occurrence }) => occurrence) });
}

interface Growth {
  readonly path: Path | undefined;
  readonly occurrence: number;
  readonly copies: Growing[];
}

function grow(from: Growing | OrderNode, growth: Growth): Growing {
  const { path, occurrence } = growth;
  const isGrowing = 'parts' in from;
  const node = isGrowing ? from.node : from;
  if (!isGrowing) {
    if (node.kind === 'optional') return grow(node.child, growth);
    if (node.kind === 'choice') return grow(node.children[path?.at ?? 0] as OrderNode, { ...growth, path: path?.rest });
  }
  const growing: Growing = isGrowing ? from : { node, parts: new Map(), occurrences: [], state: undefined };
  if (node.kind === 'place') growing.occurrences.push(occurrence);
  else if (path && node.kind === 'repeat') growRepeat(growing, node, { ...growth, path });
  else if (path && 'children' in node) {
    const part = growing.parts.get(path.at) ?? (node.children[path.at] as OrderNode);
    growing.parts.set(path.at, grow(part, { ...growth, path: path.rest }));
  }
  return growing;
}

function growRepeat(growing: Growing, node: RepeatNode, growth: Growth & { readonly path: Path }): void {
  const { path, copies } = growth;
  const { parts } = growing;
  const within = { ...growth, path: path.rest };
  const last = parts.size - 1;
  if (!path.copy) {
    if (path.at === SAME_PART) parts.set(last, grow(parts.get(last) ?? node.child, within));
    else parts.set(parts.size, grow((path.at === NEXT_ROUND ? node.child : node.between) ?? node.child, within));
    return;
  }
  const known = [...parts].find(([, copy]) => copy.state?.id === path.at);
  const grown = grow(known?.[1] ?? node.child, within);
  grown.state = path.copy;
  if (known) return;
  parts.set(parts.size, grown);
  copies.push(grown);
}

function finish({ node, parts, occurrences }: Growing): RunNode {
  const isByIndex = node.kind === 'sequence' || node.kind === 'parallel' || node.kind === 'any-of';
  const ordered = isByIndex ? [...parts].sort(([a], [b]) => a - b) : [...parts];
  return { node, parts: ordered.map(([, part]) => finish(part)), occurrences };
}
