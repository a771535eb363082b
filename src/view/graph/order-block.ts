import type { FlowNode } from '../../model/index.js';
import { type Block, emptyBlock, frameBlock, lanesBlock, roundsBlock, sequenceBlock, stepBlock } from './block.js';
import type { StepBox } from './scene.js';
import { cutLabel } from './text.js';

/** How one leaf is shown. */
export type ShownLeaf = Pick<StepBox, 'state' | 'note' | 'findings'>;

export interface Showing {
  /** Of the leaf at the end of a way. */
  readonly leafAt: (way: string) => ShownLeaf;
  /** True where a request is laid over: boxes have room for a note. */
  readonly noted: boolean;
}

const LONGEST = 34;

/** An order laid out: sequences from left to right, what is side by side in lanes. */
export function orderBlock(node: FlowNode, showing: Showing, way: readonly number[] = []): Block {
  const part = (child: FlowNode, i: number): Block => orderBlock(child, showing, [...way, i]);
  switch (node.kind) {
    case 'step': {
      const label = cutLabel(node.under === undefined ? node.step : `${node.step} under ${node.under}`, LONGEST);
      return stepBlock({ step: node.step, label, ...showing.leafAt(way.join('.')) }, showing.noted);
    }
    case 'sequence':
      return node.children.length === 0 ? emptyBlock() : sequenceBlock(node.children.map(part));
    case 'parallel':
      return lanes(node.children.map(part), { mark: 'bar' });
    case 'any-order':
      return lanes(node.children.map(part), { mark: 'bar', label: 'in turn, any order' });
    case 'choice':
      return lanes(node.children.map(part), { mark: 'diamond', label: 'one of' });
    case 'any-of':
      return lanes(node.children.map(part), { mark: 'circle', label: 'one or more' });
    case 'optional':
      return frameBlock(part(node.child, 0), { label: 'optional', dashed: true });
    case 'flow':
      return frameBlock(part(node.child, 0), { label: cutLabel(node.name, LONGEST), dashed: false });
    case 'repeat': {
      const round = part(node.child, 0);
      const inner = node.between ? roundsBlock(round, part(node.between, 1)) : round;
      return frameBlock(inner, { label: roundsText(node), dashed: false });
    }
    case 'if':
      return ifBlock(node, part);
    default:
      return node satisfies never;
  }
}

function lanes(blocks: readonly Block[], options: Parameters<typeof lanesBlock>[1]): Block {
  const [only] = blocks;
  if (!only) return emptyBlock();
  return blocks.length === 1
    ? only
    : lanesBlock(
        blocks.map((block) => ({ block })),
        options,
      );
}

function ifBlock(
  { condition, child, otherwise }: FlowNode & { readonly kind: 'if' },
  part: (child: FlowNode, i: number) => Block,
): Block {
  const label = `if ${cutLabel(condition, 2 * LONGEST)}`;
  if (!otherwise) return frameBlock(part(child, 0), { label, dashed: true });
  const ways = [
    { block: part(child, 0), label: 'so' },
    { block: part(otherwise, 1), label: 'not' },
  ];
  return frameBlock(lanesBlock(ways, { mark: 'diamond' }), { label, dashed: false });
}

/** How often, as a person says it. */
export function roundsText({ min, max, parallel }: FlowNode & { readonly kind: 'repeat' }): string {
  const often =
    max === null
      ? min === 0
        ? 'any number of times'
        : `${timesText(min)} or more`
      : min === max
        ? timesText(min)
        : `${min} to ${max} times`;
  return parallel ? `${often}, side by side` : often;
}

function timesText(n: number): string {
  return n === 1 ? 'once' : n === 2 ? 'twice' : `${n} times`;
}
