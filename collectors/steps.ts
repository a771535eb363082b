import { SEQUENCE_START, STEP, STEP_INPUT, STEP_OUTPUT } from '@tracecourt/instrumentation/wire-names';
import { isDeeperThan, parseWholeNumbers } from '../src/lib/exact-json.js';
import { oncePer } from '../src/lib/once-per.js';
import {
  type AssembledRequest,
  type Attributes,
  type AttributeValue,
  type Span,
  type SpanTree,
  type StepMatcher,
  spanTree,
  type TraceStep,
  type WorkflowTrace,
} from '../src/model/index.js';
import { adjust, compare } from './adjust/index.js';
import { type FittingSteps, fittingSteps, stepsThatFit } from './matcher-index.js';
import { ownWork } from './own-work.js';
import { messageOf } from './step-match.js';
import { collapseTries } from './step-tries.js';

/**
 * The request with its steps named: each span that a matcher fits is an occurrence of that step.
 *
 * - Of nested spans that fit one step the outermost counts, unless the matcher says `nested: each`.
 * - A span stands for one step: the first that fits; the others are in `alsoFits`.
 * - Tries of one step, where its matcher says that it is tried, are one occurrence.
 * - What a shared batch did for other requests is left out.
 * - Steps are ordered by start and span id; where one process stamped the sequence of several, their order is the stamps'.
 */
export function nameSteps(request: AssembledRequest, matchers: readonly StepMatcher[]): WorkflowTrace {
  const spans = adjust(ownWork(request));
  const steps = collapseTries(inOrder(stepSpans(spans, matchers)).map(traceStep), { spans, matchers });
  const { requestId, revision, completionStatus, completedBy, traceIds, accounting, joins, lateSpanIds } = request;
  return {
    requestId,
    revision,
    completionStatus,
    completedBy,
    startTime: spans.reduce((first, span) => min(first, span.startUnixNano), spans[0]?.startUnixNano ?? 0n),
    endTime: spans.reduce((last, span) => max(last, span.endUnixNano), 0n),
    steps,
    currentStep: steps.at(-1)?.stepName,
    traceIds,
    spans,
    accounting,
    joins,
    lateSpanIds,
  };
}

/** A matcher for each step that the request's own spans name, for a reader without a flow. */
export function matchersOfOwnSteps(request: AssembledRequest): readonly StepMatcher[] {
  const names = new Set<string>();
  for (const { attributes } of request.spans) {
    const step = attributes.get(STEP);
    if (typeof step === 'string') names.add(step);
  }
  return [...names].map((step) => ({ step }));
}

interface StepSpan {
  readonly span: Span;
  /** At least one. */
  readonly fits: readonly string[];
}

function stepSpans(spans: readonly Span[], matchers: readonly StepMatcher[]): readonly StepSpan[] {
  const fitting = spans.map((span) => stepsThatFit(span, matchers));
  const { parents } = spanTree(spans);
  const found: StepSpan[] = [];
  fitting.forEach((own, i) => {
    if (!own) return;
    const isLower = ({ step, nested }: StepMatcher): boolean =>
      nested !== 'each' && isAlsoAbove(i, { step, fitting, parents });
    const { steps: fits } = own.matchers.some(isLower)
      ? fittingSteps(own.matchers.filter((matcher) => !isLower(matcher)))
      : own;
    if (fits.length > 0) found.push({ span: spans[i] as Span, fits });
  });
  return found;
}

/** True if an ancestor of the span fits the step. */
function isAlsoAbove(
  span: number,
  {
    step,
    fitting,
    parents,
  }: {
    readonly step: string;
    readonly fitting: readonly (FittingSteps | undefined)[];
    readonly parents: SpanTree['parents'];
  },
): boolean {
  let left = parents.length; // parents can go round in a circle
  for (let up = parents[span] ?? -1; up >= 0 && up !== span && left-- > 0; up = parents[up] ?? -1) {
    if (fitting[up]?.steps.includes(step)) return true;
  }
  return false;
}

/**
 * The given order is by start; the places of each process are then filled in the order of its stamps. That keeps the order
 * total: a comparison that used stamps for some pairs and clocks for others could run in a circle.
 */
function inOrder(steps: readonly StepSpan[]): readonly StepSpan[] {
  if (isInOrder(steps)) return steps;
  const places = new Map<string, number[]>();
  for (const [place, { span }] of steps.entries()) {
    if (stampOf(span) === undefined) continue;
    const process = processOf(span.resource);
    places.set(process, [...(places.get(process) ?? []), place]);
  }
  const ordered = [...steps];
  for (const ofProcess of places.values()) {
    const stamped = ofProcess.flatMap((place) => steps[place] ?? []);
    stamped.sort((a, b) => compare(stampOf(a.span) ?? 0, stampOf(b.span) ?? 0));
    for (const [i, place] of ofProcess.entries()) {
      const step = stamped[i];
      if (step) ordered[place] = step;
    }
  }
  return ordered;
}

/** True if each process's stamps come as the starts do. */
function isInOrder(steps: readonly StepSpan[]): boolean {
  const latest = new Map<string, number>();
  for (const { span } of steps) {
    const stamp = stampOf(span);
    if (stamp === undefined) continue;
    const process = processOf(span.resource);
    if ((latest.get(process) ?? -Infinity) > stamp) return false;
    latest.set(process, stamp);
  }
  return true;
}

function stampOf(span: Span): number | undefined {
  const stamp = span.attributes.get(SEQUENCE_START);
  return typeof stamp === 'number' ? stamp : undefined;
}

const processOf = oncePer((resource: Attributes): string =>
  JSON.stringify([textOf(resource.get('service.name')), textOf(resource.get('service.instance.id'))]),
);

const NO_OTHERS: readonly string[] = [];

function traceStep({ span, fits }: StepSpan): TraceStep {
  const { spanId, startUnixNano: startTime, endUnixNano: endTime } = span;
  const status = span.status.code;
  return {
    stepName: fits[0] ?? '',
    alsoFits: fits.length > 1 ? fits.slice(1) : NO_OTHERS,
    component: textOf(span.resource.get('service.name')),
    spanId,
    startTime,
    endTime,
    input: payload(span.attributes.get(STEP_INPUT)),
    output: payload(span.attributes.get(STEP_OUTPUT)),
    status,
    errorDetails: status === 'error' ? messageOf(span) : undefined,
    attempts: [{ spanId, startTime, endTime, status }],
  };
}

const MAX_PAYLOAD_DEPTH = 100;

/** JSON text becomes what it says; any other text stays a text, and so does one nested so deeply that readers would choke. */
function payload(value: AttributeValue | undefined): AttributeValue | undefined {
  if (typeof value !== 'string' || isDeeperThan(value, MAX_PAYLOAD_DEPTH)) return value;
  try {
    return parseWholeNumbers(value) as AttributeValue;
  } catch {
    return value;
  }
}

function textOf(value: AttributeValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
