import { loadFlow } from '../../../src/flow/index.js';
import type { CompiledFlow } from '../../../src/model/index.js';
import { type Act, actsBelow, LOOKUP, type StepAct } from './acts.js';

/** An order as a flow file spells it. */
type Order = string | { readonly [key: string]: unknown };

/** What a step may take at most, milliseconds. A healthy one takes a tenth of it. */
export const BUDGET_MS = 100;

/** The flow that the acts are meant to keep, through the real loader. */
export async function flowOfActs(name: string, act: Act, service: string): Promise<CompiledFlow> {
  const steps: Record<string, unknown> = {};
  const budgets: Record<string, string> = {};
  for (const { step, service: doer } of stepsOfActs(act, service)) {
    steps[step.step] = {
      service: doer,
      ...(step.inside && { inside: orderOf(step.inside) }),
      ...(step.tries && { attempts: '1..3' }),
      ...(step.tries === 'hedged' && { hedged: true }),
    };
    if (!step.inside && !step.tries) budgets[step.step] = `${BUDGET_MS}ms`;
    if (step.looksUp) steps[LOOKUP] = {};
  }
  const file = {
    version: 1,
    flow: name,
    steps,
    order: orderOf(act),
    budgets,
    'forbidden-attributes': ['*.card.*'],
    unexpected: 'forbid',
  };
  return loadFlow(JSON.stringify(file), name);
}

/** Every step of the acts with the service that does it. */
function stepsOfActs(act: Act, service: string): readonly { readonly step: StepAct; readonly service: string }[] {
  if (act.do === 'call') return stepsOfActs(act.act, act.to);
  if (act.do === 'send') return [{ step: { do: 'step', step: act.step }, service }, ...stepsOfActs(act.act, act.to)];
  const below = actsBelow(act).flatMap((each) => stepsOfActs(each, service));
  return act.do === 'step' ? [{ step: act, service }, ...below] : below;
}

function orderOf(act: Act): Order {
  switch (act.do) {
    case 'step':
      return act.looksUp ? { sequence: [act.step, { step: LOOKUP, under: act.step }] } : act.step;
    case 'in-turn':
      return sequenceOf(act.acts);
    case 'at-once':
      return { parallel: act.acts.map(orderOf) };
    case 'call':
      return orderOf(act.act);
    case 'send':
      return sequenceOf([act]);
    case 'one-of':
      return { choice: act.acts.map(orderOf) };
    case 'maybe':
      return { optional: orderOf(act.act) };
    case 'some-of':
      return { 'any-of': act.acts.map(orderOf) };
    case 'any-order':
      return { 'any-order': act.acts.map(orderOf) };
    case 'times':
      return { repeat: { step: act.step.step, times: `${act.min}..${act.max}`, parallel: act.parallel } };
    case 'rounds':
      return {
        repeat: {
          of: sequenceOf(act.acts),
          times: `${act.min}..${act.max}`,
          ...(act.between && { between: act.between.step }),
        },
      };
    default:
      throw new Error(`no flow asks for what is ${act.do}`);
  }
}

/** What a message sets off goes on beside all that follows it. */
function sequenceOf(acts: readonly Act[]): Order {
  const at = acts.findIndex((act) => act.do === 'send');
  const sent = acts[at];
  if (sent?.do !== 'send') return { sequence: acts.map(orderOf) };
  const rest = acts.slice(at + 1);
  const beside = rest.length === 0 ? orderOf(sent.act) : { parallel: [orderOf(sent.act), sequenceOf(rest)] };
  return { sequence: [...acts.slice(0, at).map(orderOf), sent.step, beside] };
}
