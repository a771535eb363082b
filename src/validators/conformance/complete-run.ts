import type { OrderNode, RepeatNode } from './order-tree.js';
import { emptyRun, GAP, NEXT_ROUND, type RunNode, type RunPart } from './run-node.js';

export interface Completion {
  readonly costs: readonly number[];
  /** The same without those that an occurrence which was left out could be. Undefined: none was. */
  readonly unseen?: readonly number[] | undefined;
  /** A number for one more occurrence, which did not happen. */
  readonly add: () => number;
}

/**
 * Adds the fewest leaves that make a run whole; of ways that are as good, the one that has most of what was left out, then the first in order of declaration.
 */
export function completeRun(node: OrderNode, run: RunNode | undefined, completion: Completion): RunNode | undefined {
  if (run) fill(run, completion);
  return run ?? addWhole(node, completion);
}

function fill({ node, parts }: RunNode, completion: Completion): void {
  for (const { run } of parts) fill(run, completion);
  if (node.kind === 'repeat') fillRounds(node, parts, completion);
  else if (node.kind !== 'any-of' && 'children' in node) {
    const entered = new Set(parts.map(({ at }) => at));
    parts.push(...node.children.flatMap((child, at) => (entered.has(at) ? [] : addPart(child, at, completion))));
  }
}

function fillRounds(node: RepeatNode, parts: RunPart[], completion: Completion): void {
  const round = (): readonly RunPart[] => addPart(node.child, NEXT_ROUND, completion);
  const gap = (): readonly RunPart[] => (node.between ? addPart(node.between, GAP, completion) : []);
  const filled: RunPart[] = [];
  let rounds = 0;
  let isRoundNext = true;
  for (const part of parts) {
    const isRound = part.at === NEXT_ROUND;
    if (isRound !== isRoundNext && !node.parallel) filled.push(...(isRoundNext ? round() : gap()));
    if (isRound || isRoundNext) rounds++;
    filled.push(part);
    isRoundNext = !isRound;
  }
  if (isRoundNext && !node.parallel) {
    filled.push(...round());
    rounds++;
  }
  const missing = (completion.costs[node.child.id] as number) + (completion.costs[node.between?.id ?? -1] ?? 0);
  for (; missing > 0 && rounds < node.min; rounds++) filled.push(...gap(), ...round());
  parts.splice(0, parts.length, ...filled);
}

function addPart(node: OrderNode, at: number, completion: Completion): readonly RunPart[] {
  const run = addWhole(node, completion);
  return run ? [{ at, run }] : [];
}

/** A run of a part that nothing has entered; undefined if it needs no leaf. */
function addWhole(node: OrderNode, completion: Completion): RunNode | undefined {
  if (completion.costs[node.id] === 0) return undefined;
  const run = emptyRun(node);
  switch (node.kind) {
    case 'place':
      run.occurrences.push(completion.add());
      return run;
    case 'choice':
      return addWhole(cheapest(node.children, completion), completion);
    case 'any-of': {
      const child = cheapest(node.children, completion);
      run.parts.push(...addPart(child, node.children.indexOf(child), completion));
      return run;
    }
    case 'optional':
      return undefined;
    default:
      fill(run, completion);
      return run;
  }
}

/** Of those with as few leaves, the one with the most that were seen, at another time. */
function cheapest(children: readonly OrderNode[], { costs, unseen = costs }: Completion): OrderNode {
  const over = (a: OrderNode, b: OrderNode, of: readonly number[]): number =>
    (of[a.id] as number) - (of[b.id] as number);
  return children.reduce((best, child) => ((over(child, best, costs) || over(child, best, unseen)) < 0 ? child : best));
}
