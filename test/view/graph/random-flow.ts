import type { CompiledFlow, FlowNode } from '../../../src/model/index.js';
import { flowOf } from '../../helpers/evidence.js';
import type { seeded } from '../../helpers/seeded.js';

type Random = ReturnType<typeof seeded>;

const NAMES = ['pay', 'reserve-stock', 'notify-a-customer-who-waits', 'x', 'graph-write', '送信する', 'roll-back'];

/** A flow of every kind of node, as deep as `size` lets it be. */
export function randomFlow(random: Random, size: number): CompiledFlow {
  let next = 0;
  const step = (): FlowNode => ({ kind: 'step', step: `${random.pick(NAMES)}-${next++}` });
  const node = (left: number): FlowNode => {
    if (left <= 1) return step();
    const children = (): readonly FlowNode[] => {
      const parts = 2 + random.below(3);
      return Array.from({ length: parts }, () => node(Math.floor(left / parts)));
    };
    switch (random.below(9)) {
      case 0:
        return { kind: 'choice', children: children() };
      case 1:
        return { kind: 'any-of', children: children() };
      case 2:
        return { kind: 'any-order', children: children() };
      case 3:
        return { kind: 'parallel', children: children() };
      case 4:
        return { kind: 'optional', child: node(left - 1) };
      case 5: {
        const between = random.below(2) === 0 ? {} : { between: node(Math.floor(left / 3)) };
        return { kind: 'repeat', child: node(left - 1), min: random.below(2), max: null, parallel: false, ...between };
      }
      case 6: {
        const otherwise = random.below(2) === 0 ? {} : { otherwise: node(Math.floor(left / 2)) };
        return {
          kind: 'if',
          condition: 'steps.x[0].output.total > 100 && true',
          child: node(Math.floor(left / 2)),
          ...otherwise,
        };
      }
      case 7:
        return { kind: 'flow', name: 'payment', child: node(left - 1) };
      default:
        return { kind: 'sequence', children: children() };
    }
  };
  return flowOf(node(size));
}
