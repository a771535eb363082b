import { oncePer } from '../../lib/once-per.js';
import type { AssembledRequest, CompiledFlow, StepReader, Strength, Verdict } from '../../model/index.js';
import { conditionsIn } from '../conditions-in.js';
import { addStrength } from '../flow/strength.js';
import { Arrows } from './arrows.js';
import { Budgets } from './budgets.js';
import { ClockBounds } from './clock-bounds.js';
import { Columns } from './columns.js';
import { Insides } from './insides.js';
import { likenessOf } from './likeness.js';
import { Occurrences } from './occurrences.js';
import { type FlowPlan, flowPlan, type SweepPlan, sweepPlan } from './plan.js';
import type { Reading } from './reading.js';
import { Rules } from './rules.js';
import { Sequences } from './sequences.js';
import { ShapeSteps, SPAN_IS } from './shape-steps.js';
import { type Gathered, Walk } from './walk.js';

/** The one memory that request after request is swept in. */
const gathered: Gathered = {
  columns: new Columns(),
  sequences: new Sequences(),
  arrows: new Arrows(),
  clocks: new ClockBounds(),
  occurrences: new Occurrences(),
};
const walk = new Walk(gathered);
const insides = new Insides(gathered, walk);
const ruled = new Rules(gathered, walk);
const budgeted = new Budgets(gathered);

/** What was shown of a request whose spans plainly conform. Of what the flow wants to know of spans that are none of its steps, there is nothing. */
export interface ProvenTrace {
  /** How firmly the order holds, and the rules. */
  readonly order: Strength;
  readonly rules: Strength;
  /** Remarks on the budgets, which are all met. */
  readonly notes: readonly string[];
  /** True if the flow asks for nothing more. */
  readonly isAll: boolean;
  /** The same for two requests of one flow that exercise the same of it, as far as their spans say; undefined where that was not found out. */
  readonly likeness: string | undefined;
}

const NONE: readonly never[] = Object.freeze([]);

/** The verdict on what was proven, where that is all that the flow asks for: the very one that `judge` gives. */
export function verdictOf(
  request: AssembledRequest,
  { flow, proven }: { readonly flow: CompiledFlow; readonly proven: ProvenTrace },
): Verdict | undefined {
  if (!proven.isAll) return undefined;
  return {
    requestId: request.requestId,
    revision: request.revision,
    flow: flow.name,
    outcome: 'pass',
    completedBy: request.completedBy,
    findings: NONE,
    consequences: NONE,
    reasons: NONE,
    notes: proven.notes,
    strength: addStrength(proven.order, proven.rules),
  };
}

/**
 * What the spans of a request show where they plainly conform, found in one sweep over them, whatever more the flow asks for: that is left to `judge`, which takes this for proven.
 *
 * Undefined says nothing: something about the request or the flow is not plain, and `judge` decides. So this can never find fault, and what it lets pass has been
 * shown to conform: every step was named without doubt, every count fits, and the points can be put in an order that respects all that is certain and all that the flow asks for.
 */
export function proveTrace(flow: CompiledFlow, request: AssembledRequest, reading: Reading): ProvenTrace | undefined {
  const plan = flowPlan(flow);
  return plan && prove(plan, request, reading);
}

function prove(flowPlanned: FlowPlan, request: AssembledRequest, reading: Reading): ProvenTrace | undefined {
  if (request.completedBy !== 'accounted' || request.completionStatus !== 'complete') return undefined;
  if (request.accounting.unread !== undefined) return undefined;
  const plan = sweepPlan(flowPlanned, conditionsIn(reading, reading.evaluate));
  if (!plan || !gather(plan, request, reading.reader) || !walk.go(plan)) return undefined;
  const inside = insides.prove(plan);
  const rules = inside && ruled.prove(plan, reading);
  const notes = rules && budgeted.remarks(plan);
  if (!notes) return undefined;
  const { required, proven } = walk;
  const order = addStrength({ required, proven, undecided: required - proven }, inside);
  if (plan.flow.prove && order.undecided > 0) return undefined;
  const { columns, occurrences } = gathered;
  const likeness = likenessOf(plan, { occurrences, step: columns.step, words: insides.words });
  return { order, rules, notes, isAll: plan.isOfSpansAlone, likeness };
}

const shapeSteps = oncePer((flow: CompiledFlow) => new ShapeSteps(flow.steps.map(({ name }) => name)));

function gather(plan: SweepPlan, request: AssembledRequest, reader: StepReader): boolean {
  const { columns, sequences, arrows, clocks, occurrences } = gathered;
  return (
    columns.read(request, reader, shapeSteps(plan.flow)) &&
    occurrences.find(columns, plan) &&
    knowsAll(plan, columns) &&
    sequences.put(columns) &&
    arrows.find(columns) &&
    clocks.solve(columns, { arrows, sequences })
  );
}

/** True unless the flow has something to say of spans that are none of its steps, and there is one. */
function knowsAll({ flow }: SweepPlan, columns: Columns): boolean {
  if (flow.unexpected === 'allow') return true;
  const { count, step } = columns;
  for (let i = 0; i < count; i++) {
    if (step[i] === SPAN_IS.stranger || (step[i] === SPAN_IS.storeCall && !isUnderStep(i, columns))) return false;
  }
  return true;
}

function isUnderStep(span: number, { parent, step, count }: Columns): boolean {
  let left = count;
  for (let up = parent[span] as number; up >= 0 && left-- > 0; up = parent[up] as number) {
    if ((step[up] as number) >= 0) return true;
  }
  return false;
}
