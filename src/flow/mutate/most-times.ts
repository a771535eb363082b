import type { CompiledFlow, FlowNode } from '../../model/index.js';

/** How often a flow's orders let a step happen at the most; undefined where no order names it. Infinity: as often as it likes. */
export function mostTimes(flow: Pick<CompiledFlow, 'order' | 'steps'>, step: string): number | undefined {
  const seen = new Set<string>();
  const most = (name: string): number => {
    if (seen.has(name)) return Infinity;
    seen.add(name);
    const insides = flow.steps.map((owner) => {
      const within = owner.inside ? mostIn(owner.inside, name) : 0;
      return within === 0 ? 0 : within * most(owner.name);
    });
    seen.delete(name);
    return insides.reduce((sum, each) => sum + each, mostIn(flow.order, name));
  };
  const times = most(step);
  return times === 0 ? undefined : times;
}

function mostIn(node: FlowNode, step: string): number {
  switch (node.kind) {
    case 'step':
      return node.step === step ? 1 : 0;
    case 'choice':
      return Math.max(0, ...node.children.map((child) => mostIn(child, step)));
    case 'sequence':
    case 'parallel':
    case 'any-order':
    case 'any-of':
      return node.children.reduce((sum, child) => sum + mostIn(child, step), 0);
    case 'optional':
    case 'flow':
      return mostIn(node.child, step);
    case 'if':
      return Math.max(mostIn(node.child, step), node.otherwise ? mostIn(node.otherwise, step) : 0);
    case 'repeat': {
      const rounds = node.max ?? Infinity;
      const between = node.between ? mostIn(node.between, step) : 0;
      return times(mostIn(node.child, step), rounds) + times(between, rounds - 1);
    }
    default:
      return node satisfies never;
  }
}

function times(each: number, rounds: number): number {
  return each === 0 ? 0 : each * rounds;
}
