import type { CompiledFlow, FlowNode, Rule } from '../../model/index.js';

/**
 * What of a flow a request made from a word can be held to: all but what asks for values, for what stood in the stores before, or for what is inside of steps. A
 * condition of the order leaves a choice.
 */
export function flowOfWords(flow: CompiledFlow): CompiledFlow {
  return {
    ...flow,
    steps: flow.steps.map(({ name, mayFail, attempts, matcher: { tries } }) => ({
      name,
      mayFail,
      matcher: { step: name, ...(tries ? { tries } : {}) },
      ...(attempts ? { attempts } : {}),
    })),
    order: withoutConditions(flow.order),
    effects: flow.effects.map((effect) => ({ ...effect, expect: undefined })),
    rules: flow.rules.filter(isPlain),
    budgets: flow.budgets.flatMap(({ leastMs: _least, ...budget }) => (budget.limitMs === undefined ? [] : [budget])),
    values: {},
    votes: undefined,
    leases: [],
    versions: [],
    invariants: [],
  };
}

/** What of a flow is left out of account for words, in the words of a flow file. */
export function beyondWords(flow: CompiledFlow): readonly string[] {
  return [
    ...(flow.votes ? ['votes'] : []),
    ...(flow.leases.length > 0 ? ['leases'] : []),
    ...(flow.versions.length > 0 ? ['versions'] : []),
    ...(flow.invariants.length > 0 ? ['invariants'] : []),
    ...(flow.effects.some(({ expect }) => expect !== undefined) ? ['what effects expect'] : []),
    ...(flow.rules.every(isPlain) ? [] : ['rules with conditions or times']),
    ...(flow.steps.some(({ inside }) => inside) ? ['orders inside steps'] : []),
    ...(flow.forbidden.length > 0 ? ['forbidden-attributes'] : []),
  ];
}

function isPlain({ when, where, window }: Rule): boolean {
  return when === undefined && where === undefined && window === undefined;
}

function withoutConditions(node: FlowNode): FlowNode {
  switch (node.kind) {
    case 'step':
      return node;
    case 'optional':
    case 'flow':
      return { ...node, child: withoutConditions(node.child) };
    case 'repeat': {
      const between = node.between && withoutConditions(node.between);
      return { ...node, child: withoutConditions(node.child), ...(between ? { between } : {}) };
    }
    case 'if': {
      const child = withoutConditions(node.child);
      const { otherwise } = node;
      return otherwise
        ? { kind: 'choice', children: [child, withoutConditions(otherwise)] }
        : { kind: 'optional', child };
    }
    default:
      return { ...node, children: node.children.map(withoutConditions) };
  }
}
