import { stringify } from 'yaml';
import { BUDGET_MARGIN, type LearntBudget } from './learn-budgets.js';
import type { LearntStep } from './learn-steps.js';
import type { LearntOrders } from './scopes.js';
import type { SeenRequest } from './seen-request.js';
import { orderLines } from './write-order.js';

/** All that was learnt, ready to be written. */
export interface LearntFlow {
  readonly name: string;
  /** Where it was learnt from, for the first line. */
  readonly source: string;
  readonly requests: readonly SeenRequest[];
  readonly steps: readonly LearntStep[];
  readonly orders: LearntOrders;
  readonly budgets: readonly LearntBudget[];
  /** True where no account proves that all spans of each request were there. */
  readonly guessed: boolean;
  readonly uninstrumented: readonly string[];
}

/** The flow as a file, with what each thing was learnt from beside it. */
export function writeFlow(flow: LearntFlow): string {
  const { name, source, requests, orders, guessed, uninstrumented } = flow;
  const lines = [
    `# Learnt by \`tracecourt flow learn\` from ${plural(requests.length, 'request')} in ${source}.`,
    '# It says what was seen, not what is meant: read it, widen what is narrow by chance, and add what must hold.',
    'version: 1',
    `flow: ${scalar(name)}`,
    '',
    'steps:',
    ...flow.steps.flatMap((step) => stepLines(step, flow)),
    '',
    ...(orders.order ? orderLines('order', orders.order, '') : []),
    '',
    ...ruleLines(orders),
    `# A guess at what is too long: ${BUDGET_MARGIN} times the longest that was seen, rounded up, and a second at least.`,
    'budgets:',
    ...flow.budgets.map(budgetLine),
    ...(uninstrumented.length > 0 ? ['', `handoffs: { uninstrumented: ${inline(uninstrumented)} }`] : []),
    ...(guessed
      ? [
          '',
          '# No account told that all spans were there: they were called complete when no more came.',
          'trust: quiet',
        ]
      : []),
  ];
  return `${lines.join('\n')}\n`;
}

function stepLines({ name, spec }: LearntStep, { requests, orders }: LearntFlow): readonly string[] {
  const seenIn = requests.filter(({ steps }) => steps.some(({ step }) => step === name)).length;
  const failedIn = requests.filter(({ steps }) => steps.some(({ step, failed }) => step === name && failed)).length;
  const notes = [
    seenIn === requests.length ? 'in every request' : `in ${seenIn} of ${requests.length} requests`,
    ...(failedIn > 0 ? [`failed in ${failedIn}`] : []),
  ];
  const own = { ...spec, ...(failedIn > 0 ? { 'may-fail': true } : {}) };
  const inside = orders.insides.get(name);
  if (!inside) return [`  ${name}: ${inline(own)} # ${notes.join('; ')}`];
  const criteria = Object.entries(own).map(([key, value]) => `    ${key}: ${inline(value)}`);
  return [`  ${name}: # ${notes.join('; ')}`, ...criteria, ...orderLines('inside', inside, '    ')];
}

function ruleLines({ lost }: LearntOrders): readonly string[] {
  if (lost.length === 0) return [];
  const lines = lost.map(({ first, second, needed, seenIn }) => {
    const rule = needed ? `precedence: [${first}, ${second}]` : `not-succession: [${second}, ${first}]`;
    return `  - ${rule} # so in each of ${plural(seenIn, 'request')} that ${seenIn === 1 ? 'has' : 'have'} both`;
  });
  return ['# What the order cannot say beside the rest of it.', 'rules:', ...lines, ''];
}

function budgetLine({ of, limitMs, seenMs }: LearntBudget): string {
  const each = of === 'total' ? '' : ' each';
  return `  ${of}: ${duration(limitMs)}${each} # seen: ${rounded(seenMs.least)} to ${rounded(seenMs.most)} ms`;
}

function duration(ms: number): string {
  return ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`;
}

/** As exact as it says something. */
function rounded(ms: number): string {
  return ms >= 10 ? String(Math.round(ms)) : ms.toFixed(1);
}

function plural(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

function scalar(value: string): string {
  return stringify(value).trim();
}

/** A value on one line. */
function inline(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim();
}
