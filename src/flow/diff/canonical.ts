import type { FlowNode } from '../../model/index.js';

/**
 * The order in one spelling: sub-flows dissolved, lists of one kind within each other as one, what means nothing left out, and the parts of what has no order
 * by their text.
 */
export function canonical(node: FlowNode): FlowNode {
  switch (node.kind) {
    case 'step':
      return node.under === undefined ? { kind: 'step', step: node.step } : node;
    case 'flow':
      return canonical(node.child);
    case 'sequence':
      return sequence(node);
    case 'parallel':
    case 'choice':
    case 'any-of':
    case 'any-order':
      return unordered(node);
    case 'optional':
      return optional(canonical(node.child));
    case 'repeat':
      return repeat(node);
    case 'if': {
      const child = canonical(node.child);
      const otherwise = node.otherwise && canonical(node.otherwise);
      return { kind: 'if', condition: node.condition.trim(), child, ...(otherwise ? { otherwise } : {}) };
    }
    default:
      return node satisfies never;
  }
}

export function isSame(a: FlowNode, b: FlowNode): boolean {
  return textOf(a) === textOf(b);
}

function textOf(node: FlowNode): string {
  return JSON.stringify(node);
}

function sequence({ children, by = 'end' }: Extract<FlowNode, { kind: 'sequence' }>): FlowNode {
  const parts = children
    .map(canonical)
    .flatMap((child) => (child.kind === 'sequence' && (child.by ?? 'end') === by ? child.children : [child]));
  const [only] = parts;
  if (only && parts.length === 1) return only;
  return by === 'end' ? { kind: 'sequence', children: parts } : { kind: 'sequence', by, children: parts };
}

type Unordered = Extract<FlowNode, { kind: 'parallel' | 'choice' | 'any-of' | 'any-order' }>;

function unordered({ kind, children }: Unordered): FlowNode {
  // Parts of an any-order that are any-orders themselves stay together, and an any-of has at least one part of its own.
  const merges = kind === 'parallel' || kind === 'choice';
  const parts = children
    .map(canonical)
    .flatMap((child) => (merges && child.kind === kind ? child.children : [child]))
    .sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1));
  const distinct =
    kind === 'choice' ? parts.filter((part, i) => i === 0 || textOf(part) !== textOf(parts[i - 1] ?? part)) : parts;
  const [only] = distinct;
  if (only && distinct.length === 1) return only;
  return withOptionalOutside({ kind, children: distinct });
}

/** A choice of which a part may be left out is one that may be left out. */
function withOptionalOutside(node: Unordered): FlowNode {
  if (node.kind !== 'choice' || !node.children.some(({ kind }) => kind === 'optional')) return node;
  const children = node.children.map((child) => (child.kind === 'optional' ? child.child : child));
  return optional(unordered({ kind: 'choice', children }));
}

function optional(child: FlowNode): FlowNode {
  if (child.kind === 'optional' || (child.kind === 'repeat' && child.min === 0)) return child;
  if (child.kind === 'repeat' && child.min === 1) return { ...child, min: 0 };
  return { kind: 'optional', child };
}

function repeat(node: Extract<FlowNode, { kind: 'repeat' }>): FlowNode {
  const { min, max, parallel } = node;
  const child = canonical(node.child);
  const between = node.between && canonical(node.between);
  if (max === 1) return min === 1 ? child : optional(child);
  return { kind: 'repeat', child, ...(between ? { between } : {}), min, max, parallel };
}
