import type { Budget } from './flow.js';

/** What a budget is of, as a flow file spells it. */
export function budgetText(budget: Budget): string {
  switch (budget.kind) {
    case 'total':
      return 'total';
    case 'step':
      return `${budget.step} each`;
    case 'attempt':
      return `${budget.step} per attempt`;
    case 'between':
      return `${budget.from} -> ${budget.to}`;
    default:
      return budget satisfies never;
  }
}
