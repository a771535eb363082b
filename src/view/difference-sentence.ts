import type { CountRange, FlowDifference, OrderRelation, PlacedDifference, Presence, Side } from '../model/index.js';

/** `-` only the first of the two says it, `+` only the second does, `~` each says something else. */
export type DifferenceMark = '-' | '+' | '~';

export function differenceMark(difference: FlowDifference): DifferenceMark {
  if ('only' in difference) return markOf(difference.only);
  if (difference.kind === 'part' && difference.left === undefined) return '+';
  if (difference.kind === 'part' && difference.right === undefined) return '-';
  return '~';
}

function markOf(only: Side): DifferenceMark {
  return only === 'left' ? '-' : '+';
}

/** One difference in words; its mark tells which flow they are about. */
export function differenceSentence(difference: PlacedDifference): string {
  const { inside } = difference;
  return `${inside === undefined ? '' : `inside \`${inside}\`: `}${sentenceOf(difference)}`;
}

function sentenceOf(difference: FlowDifference): string {
  switch (difference.kind) {
    case 'step':
      return `step \`${difference.step}\``;
    case 'renamed':
      return `step \`${difference.left}\` is called \`${difference.right}\``;
    case 'matched':
      return `step \`${difference.step}\`: ${difference.by}: ${change(difference)}`;
    case 'count':
      return `\`${difference.step}\` happens ${times(difference.left)} → ${times(difference.right)}`;
    case 'order':
      return orderSentence(difference);
    case 'presence':
      return presenceSentence(difference.says, difference);
    case 'run':
      return `accepts: ${difference.run}`;
    case 'conditions':
      return 'the order hangs on its conditions in another way';
    case 'part':
      return partSentence(difference);
    default:
      return difference satisfies never;
  }
}

function change({ left, right }: { readonly left: string | undefined; readonly right: string | undefined }): string {
  return `${left ?? 'nothing'} → ${right ?? 'nothing'}`;
}

function times({ min, max }: CountRange): string {
  if (max === null) return min === 0 ? 'any number of times' : `${min} times or more`;
  if (min === max) return max === 0 ? 'never' : max === 1 ? 'once' : `${max} times`;
  return `${min} to ${max} times`;
}

const RELATIONS: Readonly<Record<OrderRelation, string>> = {
  before: 'before',
  after: 'after',
  'starts-before': 'starting before',
  'starts-after': 'starting after',
  'before-in-each-round': 'before, in each round',
  'after-in-each-round': 'after, in each round',
  'one-at-a-time': 'one at a time',
  'side-by-side': 'side by side',
};

const TURNED: Readonly<Partial<Record<OrderRelation, OrderRelation>>> = {
  after: 'before',
  'starts-after': 'starts-before',
  'after-in-each-round': 'before-in-each-round',
  before: 'after',
  'starts-before': 'starts-after',
  'before-in-each-round': 'after-in-each-round',
};

/** The earlier is named first, where either flow says which that is. */
function orderSentence({ first, second, left, right }: Extract<FlowDifference, { kind: 'order' }>): string {
  const [told] = [...left, ...right].filter((relation) => relation in TURNED);
  const isTurned = told?.includes('after') === true;
  const [a, b] = isTurned ? [second, first] : [first, second];
  const words = (relations: readonly OrderRelation[]): string =>
    relations.map((relation) => RELATIONS[isTurned ? (TURNED[relation] ?? relation) : relation]).join(' or ');
  const pair = a === b ? `\`${a}\` and itself` : `\`${a}\` and \`${b}\``;
  return `${pair}: ${words(left) || 'no order'} → ${words(right) || 'no order'}`;
}

function presenceSentence(
  says: Presence,
  { first, second }: { readonly first: string; readonly second: string },
): string {
  switch (says) {
    case 'never-both':
      return `never both \`${first}\` and \`${second}\``;
    case 'first-needs-second':
      return `never \`${first}\` without \`${second}\``;
    case 'second-needs-first':
      return `never \`${second}\` without \`${first}\``;
    case 'one-of-both':
      return `\`${first}\` or \`${second}\`, at least one of them`;
    default:
      return says satisfies never;
  }
}

/** What has no value but itself is named; the value of the rest is told. */
function partSentence({ part, name, left, right }: Extract<FlowDifference, { kind: 'part' }>): string {
  const what = name === '' ? part : `${part} ${name}`;
  if (left === undefined || right === undefined) {
    const value = left ?? right;
    return value === 'true' ? what : `${what}: ${value}`;
  }
  return `${what}: ${change({ left, right })}`;
}
