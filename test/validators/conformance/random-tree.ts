import type { FlowNode } from '../../../src/model/index.js';
import type { Random } from './random-request.js';

const step = (name: string): FlowNode => ({ kind: 'step', step: name });

/** A tree of the exact class over these steps, each at one place. */
export function randomExactTree(random: Random, steps: readonly string[]): FlowNode {
  if (steps.length === 1) return randomLeaf(random, steps[0]!);
  const cut = 1 + random.below(steps.length - 1);
  const children = [randomExactTree(random, steps.slice(0, cut)), randomExactTree(random, steps.slice(cut))];
  switch (random.below(12)) {
    case 0:
      return { kind: 'choice', children };
    case 1:
      return { kind: 'any-of', children };
    case 2:
      return {
        kind: 'any-order',
        children: steps.map((name) => (random.below(3) === 0 ? optional(step(name)) : step(name))),
      };
    case 3:
      return optional({ kind: 'sequence', children });
    case 4:
      return { kind: 'sequence', children, by: 'start' };
    case 5:
      return repeat({ kind: 'parallel', children: steps.map(step) }, { random, parallel: true });
    case 6:
    case 7:
      return { kind: 'parallel', children };
    default:
      return { kind: 'sequence', children };
  }
}

function randomLeaf(random: Random, name: string): FlowNode {
  switch (random.below(5)) {
    case 0:
      return repeat(step(name), { random, parallel: false });
    case 1:
      return repeat(step(name), { random, parallel: true });
    case 2:
      return optional(step(name));
    default:
      return step(name);
  }
}

function optional(child: FlowNode): FlowNode {
  return { kind: 'optional', child };
}

function repeat(
  child: FlowNode,
  { random, parallel, between }: { readonly random: Random; readonly parallel: boolean; readonly between?: FlowNode },
): FlowNode {
  const min = random.below(3);
  const max = random.pick([1, 2, 3, null]);
  const rest = between ? { between } : {};
  return { kind: 'repeat', child, min, max: max === null ? null : Math.max(min, max), parallel, ...rest };
}

const KINDS = ['sequence', 'sequence', 'sequence', 'parallel', 'parallel', 'any-order', 'choice', 'any-of'] as const;

/** Any tree at all, of about so many leaves: steps come at several places, repeats go round anything, parts may be silent. */
export function randomTree(
  random: Random,
  { steps, leaves }: { readonly steps: readonly string[]; readonly leaves: number },
): FlowNode {
  if (leaves <= 1) {
    const name = random.pick(steps);
    if (random.below(8) === 0) return { kind: 'step', step: name, under: random.pick(steps) };
    return random.below(3) === 0 ? randomLeaf(random, name) : step(name);
  }
  const cut = 1 + random.below(leaves - 1);
  const part = (size: number): FlowNode => randomTree(random, { steps, leaves: size });
  switch (random.below(12)) {
    case 0:
      return optional(part(leaves));
    case 1:
      return repeat(part(leaves), { random, parallel: false });
    case 2:
      return repeat(part(cut), { random, parallel: false, between: part(leaves - cut) });
    case 3:
      return repeat(part(leaves), { random, parallel: true });
    case 4:
      return {
        kind: 'if',
        condition: 'unknown',
        child: part(cut),
        ...(random.below(2) === 0 && { otherwise: part(leaves - cut) }),
      };
    case 5:
      return { kind: 'flow', name: 'sub', child: part(leaves) };
    default: {
      const kind = random.pick(KINDS);
      const children = [part(cut), part(leaves - cut)];
      return kind === 'sequence' && random.below(6) === 0 ? { kind, children, by: 'start' } : { kind, children };
    }
  }
}
