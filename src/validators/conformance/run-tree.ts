import type { CompiledOrder } from './compiled-order.js';
import { type OrderNode, partsOf, type RepeatNode } from './order-tree.js';
import type { Move, Path } from './run-moves.js';
import { emptyRun, GAP, NEXT_ROUND, type RunNode, type RunPart, SAME_PART } from './run-node.js';
import { type RunStates, withoutTags } from './run-state.js';

/** An occurrence that started, and how. */
export interface TakenStep {
  readonly occurrence: number;
  /** Undefined for one that is left out of the run. */
  readonly move: Move | undefined;
  /** Occurrences that no longer matter after it. */
  readonly gone: ReadonlySet<number>;
}

/**
 * Puts together the run that the steps of a search make; undefined if nothing was entered. `redo` lets each occurrence start once more: which copies a state
 * keeps depends on what has ended by then.
 */
export function replaySteps(
  root: OrderNode,
  {
    steps,
    states,
    redo,
  }: { readonly steps: readonly TakenStep[]; readonly states: RunStates; readonly redo: (step: TakenStep) => void },
): RunNode | undefined {
  let run: RunNode | undefined;
  const copies: RunNode[] = [];
  for (const step of steps) {
    const { occurrence, move, gone } = step;
    if (move) run = grow(run ?? root, { path: move.path, occurrence, copies });
    redo(step);
    if (gone.size > 0) for (const copy of copies) copy.state = copy.state && withoutTags(copy.state, gone, states);
  }
  return run;
}

interface Growth {
  readonly path: Path | undefined;
  readonly occurrence: number;
  readonly copies: RunNode[];
}

function grow(from: RunNode | OrderNode, growth: Growth): RunNode {
  const { path, occurrence } = growth;
  const isGrowing = 'parts' in from;
  const node = isGrowing ? from.node : from;
  if (!isGrowing) {
    if (node.kind === 'optional') return grow(node.child, growth);
    if (node.kind === 'choice') return grow(node.children[path?.at ?? 0] as OrderNode, { ...growth, path: path?.rest });
  }
  const run = isGrowing ? from : emptyRun(node);
  if (node.kind === 'place') run.occurrences.push(occurrence);
  else if (path && node.kind === 'repeat') growRepeat(run, node, { ...growth, path });
  else if (path && 'children' in node) {
    const entered = run.parts.find(({ at }) => at === path.at);
    const part = grow(entered?.run ?? (node.children[path.at] as OrderNode), { ...growth, path: path.rest });
    if (!entered) run.parts.push({ at: path.at, run: part });
  }
  return run;
}

function growRepeat({ parts }: RunNode, node: RepeatNode, growth: Growth & { readonly path: Path }): void {
  const { path, copies } = growth;
  const within = { ...growth, path: path.rest };
  if (path.copy) {
    const known = parts.find(({ run }) => run.state?.id === path.at);
    const copy = grow(known?.run ?? node.child, within);
    copy.state = path.copy;
    if (known) return;
    parts.push({ at: NEXT_ROUND, run: copy });
    copies.push(copy);
  } else if (path.at === SAME_PART) grow((parts.at(-1) as RunPart).run, within);
  else {
    const part = path.at === GAP && node.between ? node.between : node.child;
    parts.push({ at: path.at, run: grow(part, within) });
  }
}

/**
 * The run of a tree of the exact class, from its occurrences in the order they started in: each at its place, if it has one. Rounds and parts of an any-order
 * come as they started. Undefined if nothing was entered.
 */
export function runAtPlaces(
  order: CompiledOrder,
  places: ArrayLike<number>,
  started: readonly number[],
): RunNode | undefined {
  const standing: number[][] = order.places.map(() => []);
  for (const occurrence of started) standing[places[occurrence] as number]?.push(occurrence);
  const rank = new Map(started.map((occurrence, i) => [occurrence, i] as const));
  const firstOf = ({ occurrences, parts }: RunNode): number =>
    Math.min(...occurrences.map((occurrence) => rank.get(occurrence) ?? 0), ...parts.map(({ run }) => firstOf(run)));
  const build = (node: OrderNode): RunNode | undefined => {
    if (node.kind === 'place') return buildPlace(node, standing[node.first] ?? []);
    if (node.kind === 'repeat') return buildRounds(node, build(node.child));
    const parts = partsOf(node).flatMap((part, at) => {
      const run = build(part);
      return run ? [{ at, run }] : [];
    });
    // In copies of which nobody can say which is which, several branches can have been taken.
    if (parts.length < 2 && (node.kind === 'choice' || node.kind === 'optional')) return parts[0]?.run;
    if (node.kind === 'any-order') parts.sort((a, b) => firstOf(a.run) - firstOf(b.run));
    return parts.length === 0 ? undefined : { ...emptyRun(node), parts };
  };
  return build(order.root);
}

function buildPlace(node: OrderNode, occurrences: readonly number[]): RunNode | undefined {
  return occurrences.length === 0 ? undefined : { ...emptyRun(node), occurrences: [...occurrences] };
}

function buildRounds(node: RepeatNode, child: RunNode | undefined): RunNode | undefined {
  if (!child) return undefined;
  const isPlace = child.node.kind === 'place';
  const rounds = isPlace ? child.occurrences.map((occurrence) => ({ ...child, occurrences: [occurrence] })) : [child];
  return { ...emptyRun(node), parts: rounds.map((run) => ({ at: NEXT_ROUND, run })) };
}
