import type { LearntNode } from './learnt-node.js';

const MOST_INLINE = 70;

/** The order as lines of YAML under a key; what is short and has nothing said of it stands on one line. */
export function orderLines(key: string, node: LearntNode, indent: string): readonly string[] {
  const inline = inlineOf(node);
  if (node.kind === 'step') return [`${indent}${key}: ${node.step}${noteOf(node)}`];
  if (inline !== undefined) return [`${indent}${key}:`, `${indent}  ${withoutBraces(inline)}${noteOf(node)}`];
  return [`${indent}${key}:${noteOf(node)}`, ...blockOf(node, `${indent}  `)];
}

/** The lines of a map with one operator. */
function blockOf(node: LearntNode, indent: string): readonly string[] {
  switch (node.kind) {
    case 'step':
      return [`${indent}${node.step}`];
    case 'optional':
      return withChild('optional', node.child, indent);
    case 'repeat':
      return repeatLines(node, indent);
    default:
      return [`${indent}${node.kind}:`, ...node.children.flatMap((child) => itemLines(child, `${indent}  `))];
  }
}

function itemLines(node: LearntNode, indent: string): readonly string[] {
  const inline = inlineOf(node);
  if (inline !== undefined) return [`${indent}- ${withoutBraces(inline)}${noteOf(node)}`];
  const [first = '', ...rest] = blockOf(node, `${indent}  `);
  return [`${indent}- ${first.trimStart()}${noteOf(node)}`, ...rest];
}

/** `- sequence: [a, b]` reads better than `- { sequence: [a, b] }`. */
function withoutBraces(inline: string): string {
  return inline.replace(/^\{ (.*) \}$/, '$1');
}

function withChild(key: string, child: LearntNode, indent: string): readonly string[] {
  const inline = inlineOf(child);
  if (inline !== undefined) return [`${indent}${key}: ${inline}${noteOf(child)}`];
  return [`${indent}${key}:${noteOf(child)}`, ...blockOf(child, `${indent}  `)];
}

type Repeat = Extract<LearntNode, { kind: 'repeat' }>;

function repeatLines(node: Repeat, indent: string): readonly string[] {
  const within = `${indent}  `;
  const { child, between } = node;
  return [
    `${indent}repeat:`,
    `${within}times: ${timesOf(node)}`,
    ...(node.parallel ? [`${within}parallel: true`] : []),
    ...(child.kind === 'step' ? [`${within}step: ${child.step}`] : withChild('of', child, within)),
    ...(between ? withChild('between', between, within) : []),
  ];
}

function timesOf({ min, max }: Repeat): string {
  if (max === null) return min === 0 ? '"*"' : min === 1 ? '"+"' : `${min}..*`;
  return min === max ? String(min) : `${min}..${max}`;
}

/** Undefined for what is too long for one line, and for what has something to be said of a piece of it. */
function inlineOf(node: LearntNode): string | undefined {
  const text = spell(node);
  return text !== undefined && text.length <= MOST_INLINE ? text : undefined;
}

function spell(node: LearntNode): string | undefined {
  switch (node.kind) {
    case 'step':
      return node.step;
    case 'optional': {
      const child = spellQuiet(node.child);
      return child && `{ optional: ${child} }`;
    }
    case 'repeat':
      return spellRepeat(node);
    default: {
      const children = node.children.map(spellQuiet);
      return children.includes(undefined) ? undefined : `{ ${node.kind}: [${children.join(', ')}] }`;
    }
  }
}

function spellQuiet(node: LearntNode): string | undefined {
  return node.note === undefined ? spell(node) : undefined;
}

function spellRepeat(node: Repeat): string | undefined {
  const child = spellQuiet(node.child);
  const between = node.between ? spellQuiet(node.between) : undefined;
  if (child === undefined || (node.between && between === undefined)) return undefined;
  const parts = [
    `${node.child.kind === 'step' ? 'step' : 'of'}: ${child}`,
    ...(between === undefined ? [] : [`between: ${between}`]),
    `times: ${timesOf(node)}`,
    ...(node.parallel ? ['parallel: true'] : []),
  ];
  return `{ repeat: { ${parts.join(', ')} } }`;
}

function noteOf({ note }: LearntNode): string {
  return note === undefined ? '' : ` # ${note}`;
}
