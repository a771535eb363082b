import type { FlowNode } from '../../model/index.js';
import { childrenOf, stepsUnder } from './tree.js';

/** The first step of the rounds that a step has its only place between; undefined for one that stands elsewhere. */
export function roundsAround(order: FlowNode, step: string): string | undefined {
  const around: string[] = [];
  let places = 0;
  const visit = (node: FlowNode): void => {
    if (node.kind === 'step' && node.step === step) places++;
    if (node.kind === 'repeat' && node.between && stepsUnder(node.between).includes(step))
      around.push(...stepsUnder(node.child).slice(0, 1));
    for (const child of childrenOf(node)) visit(child);
  };
  visit(order);
  return places === 1 ? around.at(-1) : undefined;
}
