import type { FlowNode } from '../../../src/model/index.js';
import type { Random } from './random-request.js';

/** Steps of a request: half of the time those of a run of the tree, in its order, perhaps with one changed; else any. */
export function randomSteps(
  random: Random,
  { tree, names, most }: { readonly tree: FlowNode; readonly names: readonly string[]; readonly most: number },
): readonly string[] {
  if (random.below(4) === 0) return Array.from({ length: 1 + random.below(most) }, () => random.pick(names));
  const steps = [...walk(random, tree)].slice(0, most);
  const at = random.below(steps.length + 1);
  if (random.below(4) === 0) steps.splice(at, 1, ...(random.below(2) === 0 ? [random.pick(names)] : []));
  return steps.slice(0, most);
}

function walk(random: Random, tree: FlowNode): readonly string[] {
  switch (tree.kind) {
    case 'step':
      return [tree.step];
    case 'sequence':
      return tree.children.flatMap((child) => walk(random, child));
    case 'parallel':
      return shuffle(
        random,
        tree.children.map((child) => walk(random, child)),
      );
    case 'any-order':
      return tree.children
        .map((child) => ({ child, rank: random.next() }))
        .sort((a, b) => a.rank - b.rank)
        .flatMap(({ child }) => walk(random, child));
    case 'choice':
      return walk(random, random.pick(tree.children));
    case 'any-of': {
      const used = tree.children.filter(() => random.below(2) === 0);
      return shuffle(
        random,
        (used.length > 0 ? used : [random.pick(tree.children)]).map((child) => walk(random, child)),
      );
    }
    case 'optional':
      return random.below(2) === 0 ? [] : walk(random, tree.child);
    case 'repeat': {
      const rounds = Array.from({ length: tree.min + random.below(2) }, (_, i) => [
        ...(i > 0 && tree.between ? walk(random, tree.between) : []),
        ...walk(random, tree.child),
      ]);
      return tree.parallel ? shuffle(random, rounds) : rounds.flat();
    }
    case 'if':
      return random.below(2) === 0 ? walk(random, tree.child) : tree.otherwise ? walk(random, tree.otherwise) : [];
    case 'flow':
      return walk(random, tree.child);
    default:
      return tree satisfies never;
  }
}

function shuffle(random: Random, words: readonly (readonly string[])[]): readonly string[] {
  const left = words.filter(({ length }) => length > 0).map((word) => [...word]);
  const result: string[] = [];
  while (left.length > 0) {
    const at = random.below(left.length);
    result.push(left[at]!.shift()!);
    if (left[at]!.length === 0) left.splice(at, 1);
  }
  return result;
}
