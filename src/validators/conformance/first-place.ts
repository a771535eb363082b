import type { BoundsOfState } from './label-bounds.js';
import { type OrderNode, partsOf } from './order-tree.js';
import type { RunState } from './run-state.js';

/** Asks about one label what a state, or a part that nothing has entered, still needs and takes. */
export interface LabelRange {
  needs(part: RunState | OrderNode): boolean;
  takes(part: RunState | OrderNode): boolean;
}

export function rangeOf(label: number, bounds: BoundsOfState): LabelRange {
  const count = (part: RunState | OrderNode): void => {
    bounds.clear();
    if ('tags' in part) bounds.add(part);
    else bounds.addNode(part);
  };
  return {
    needs: (part) => {
      count(part);
      return (bounds.least[label] as number) > 0;
    },
    takes: (part) => {
      count(part);
      return (bounds.most[label] as number) > 0;
    },
  };
}

/**
 * True if the first occurrence of a label, in whatever way the run goes on, stands at the one place that is open for it: every other place for it comes
 * after that one is taken.
 */
export function startsHere(state: RunState, range: LabelRange): boolean {
  switch (state.kind) {
    case 'fresh':
      return entersHere(state.node, range);
    case 'done':
      return false;
    case 'sequence':
      return firstInLine([state.child, ...state.node.children.slice(state.at + 1)], range);
    case 'beside':
      return onlyOne(state.children, range);
    case 'any-order': {
      const others = state.node.children.filter((_, i) => i !== state.at && !state.finished.includes(i));
      if (!range.takes(state.child)) return onlyOne(others, range);
      return startsHere(state.child, range) && (range.needs(state.child) || !others.some(range.takes));
    }
    case 'rounds': {
      const { node, isBetween, child } = state;
      const round = node.between ? [node.between, node.child] : [node.child];
      return firstInLine([child, ...(isBetween ? [node.child, ...round] : [...round, ...round])], range);
    }
    case 'copies': {
      const [copy, ...others] = state.copies.filter((each) => range.takes(each.state));
      if (!copy) return entersHere(state.node.child, range);
      return others.length === 0 && !range.takes(state.node.child) && startsHere(copy.state, range);
    }
    default:
      return state satisfies never;
  }
}

function entersHere(node: OrderNode, range: LabelRange): boolean {
  switch (node.kind) {
    case 'place':
      return range.takes(node);
    case 'sequence':
      return firstInLine(node.children, range);
    case 'optional':
      return entersHere(node.child, range);
    case 'repeat': {
      const round = node.between ? [node.child, node.between] : [node.child];
      return node.parallel ? entersHere(node.child, range) : firstInLine([...round, ...round], range);
    }
    default:
      return onlyOne(partsOf(node), range);
  }
}

function isHere(part: RunState | OrderNode, range: LabelRange): boolean {
  return 'tags' in part ? startsHere(part, range) : entersHere(part, range);
}

/** Of parts that come one after the other: the first that takes the label needs it too, or no later one takes it. */
function firstInLine(parts: readonly (RunState | OrderNode)[], range: LabelRange): boolean {
  const at = parts.findIndex(range.takes);
  const first = parts[at];
  if (!first || !isHere(first, range)) return false;
  return range.needs(first) || !parts.slice(at + 1).some(range.takes);
}

function onlyOne(parts: readonly (RunState | OrderNode)[], range: LabelRange): boolean {
  const taking = parts.filter(range.takes);
  return taking.length === 1 && isHere(taking[0] as RunState | OrderNode, range);
}
