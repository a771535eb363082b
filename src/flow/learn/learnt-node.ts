/** A piece of a learnt order: a node of the process tree, with what to say of it. */
export type LearntNode = { readonly note?: string } & (
  | { readonly kind: 'step'; readonly step: string }
  | {
      readonly kind: 'sequence' | 'parallel' | 'choice' | 'any-of' | 'any-order';
      readonly children: readonly LearntNode[];
    }
  | { readonly kind: 'optional'; readonly child: LearntNode }
  | {
      readonly kind: 'repeat';
      readonly child: LearntNode;
      readonly between?: LearntNode;
      readonly min: number;
      /** null: left open. */
      readonly max: number | null;
      readonly parallel: boolean;
    }
);

/** Pieces of one kind within each other are one; what may be absent twice over is optional once. */
export function tidy(node: LearntNode): LearntNode {
  switch (node.kind) {
    case 'step':
      return node;
    case 'optional':
      return tidyOptional(node);
    case 'repeat':
      return { ...node, child: tidy(node.child), ...(node.between ? { between: tidy(node.between) } : {}) };
    default: {
      const children = node.children.map(tidy).flatMap((child) => (mergesInto(node, child) ? child.children : [child]));
      const [only] = children;
      if (only && children.length === 1) return node.note === undefined ? only : { ...only, note: node.note };
      return { ...node, children };
    }
  }
}

/** A part of an any-order is done before the next one begins, and one part of an any-of is enough: within each other they say more than side by side. */
const MERGES: ReadonlySet<string> = new Set(['sequence', 'parallel', 'choice']);

type ListNode = Extract<LearntNode, { readonly children: readonly LearntNode[] }>;

function mergesInto(outer: ListNode, inner: LearntNode): inner is ListNode {
  return inner.kind === outer.kind && MERGES.has(inner.kind) && inner.note === undefined && 'children' in inner;
}

function tidyOptional(node: Extract<LearntNode, { kind: 'optional' }>): LearntNode {
  const child = tidy(node.child);
  const note = node.note === undefined ? {} : { note: node.note };
  if (child.kind === 'optional') return { ...child, ...note };
  if (child.kind === 'repeat' && child.min <= 1) {
    const notes = [node.note, child.note].filter((each) => each !== undefined);
    return { ...child, min: 0, ...(notes.length > 0 ? { note: notes.join('; ') } : {}) };
  }
  return { ...node, child };
}

/** The steps of a piece, in order of appearance. */
export function stepsIn(node: LearntNode): readonly string[] {
  switch (node.kind) {
    case 'step':
      return [node.step];
    case 'optional':
      return stepsIn(node.child);
    case 'repeat':
      return [...stepsIn(node.child), ...(node.between ? stepsIn(node.between) : [])];
    default:
      return node.children.flatMap(stepsIn);
  }
}
