import { STEP } from '@tracecourt/instrumentation/wire-names';
import { oncePer } from '../src/lib/once-per.js';
import { isPlainPattern } from '../src/lib/text-pattern.js';
import type { Span, StepMatcher } from '../src/model/index.js';
import { ledgerOf } from './adjust/attribute-aliases.js';
import { type Criterion, criterionOf, isDefault, serviceCriterion } from './step-match.js';

/**
 * Matchers by what a span must have to fit them, so that each span is held against few. A matcher is listed once: by the step that it states, else by the
 * span's name, its kind or its service, whichever it asks for first; and where it asks for none of these, for every span.
 */
interface MatcherIndex {
  /** What makes a span fit each, beside what it is listed by. */
  readonly criteria: readonly Criterion[];
  /** Each by itself, as most spans fit it. */
  readonly alone: readonly FittingSteps[];
  readonly byStep: ReadonlyMap<unknown, readonly number[]>;
  readonly byName: ReadonlyMap<unknown, readonly number[]>;
  readonly byKind: ReadonlyMap<unknown, readonly number[]>;
  readonly byService: ReadonlyMap<unknown, readonly number[]>;
  readonly always: readonly number[];
}

const indexOf = oncePer((matchers: readonly StepMatcher[]): MatcherIndex => {
  const lists = { byStep: new Map(), byName: new Map(), byKind: new Map(), byService: new Map() };
  const always: number[] = [];
  matchers.forEach((matcher, i) => {
    const place = placeOf(matcher);
    const list: Map<unknown, number[]> | undefined = place && lists[place.list];
    if (place && list) list.set(place.key, [...(list.get(place.key) ?? []), i]);
    else always.push(i);
  });
  const criteria = matchers.map((matcher) => (isDefault(matcher) ? serviceCriterion(matcher) : criterionOf(matcher)));
  return { criteria, alone: matchers.map((matcher) => fittingSteps([matcher])), ...lists, always };
});

type Place = { readonly list: 'byStep' | 'byName' | 'byKind' | 'byService'; readonly key: string };

function placeOf(matcher: StepMatcher): Place | undefined {
  const { step, span, kind, service } = matcher;
  if (isDefault(matcher)) return { list: 'byStep', key: step };
  if (span !== undefined && isPlainPattern(span)) return { list: 'byName', key: span };
  if (kind !== undefined) return { list: 'byKind', key: kind };
  return service === undefined ? undefined : { list: 'byService', key: service };
}

/** The matchers that a span fits, in the order given, and the steps they name. */
export interface FittingSteps {
  readonly matchers: readonly StepMatcher[];
  readonly steps: readonly string[];
}

export function fittingSteps(matchers: readonly StepMatcher[]): FittingSteps {
  return { matchers, steps: [...new Set(matchers.map(({ step }) => step))] };
}

/** Undefined for a span that fits none. The list MUST NOT change from one span to the next. */
export function stepsThatFit(span: Span, matchers: readonly StepMatcher[]): FittingSteps | undefined {
  const index = indexOf(matchers);
  const { byStep, byName, byKind, byService } = index;
  const found: Found = { first: -1, others: undefined };
  if (byStep.size > 0) tryEach(byStep.get(span.attributes.get(STEP)), { span, index, found });
  if (byName.size > 0) tryEach(byName.get(span.name), { span, index, found });
  if (byKind.size > 0) tryEach(byKind.get(span.kind), { span, index, found });
  if (byService.size > 0) tryEach(byService.get(span.resource.get('service.name')), { span, index, found });
  tryEach(index.always, { span, index, found });
  if (!found.others) return index.alone[found.first];
  const inOrder = [found.first, ...found.others].sort((a, b) => a - b);
  return fittingSteps(inOrder.map((i) => matchers[i] as StepMatcher));
}

/** The first matcher that was found to fit, or -1, and any others. */
interface Found {
  first: number;
  others: number[] | undefined;
}

/** The number of the one matcher that a span fits; -1 where none does, -2 where several do. Of the list, as {@link stepsThatFit}. */
export function onlyFit(matchers: readonly StepMatcher[]): (span: Span) => number {
  const { criteria, byStep, byName, byKind, byService, always } = indexOf(matchers);
  const narrow = (span: Span, list: readonly number[] | undefined, before: number): number => {
    let found = before;
    for (let i = 0; list && i < list.length; i++) {
      const matcher = list[i] as number;
      if (criteria[matcher]?.(span)) found = found === -1 ? matcher : -2;
    }
    return found;
  };
  return (span) => {
    const step = ledgerOf(span)?.step;
    let found = step === undefined ? -1 : narrow(span, byStep.get(step), -1);
    if (byName.size > 0) found = narrow(span, byName.get(span.name), found);
    if (byKind.size > 0) found = narrow(span, byKind.get(span.kind), found);
    if (byService.size > 0) found = narrow(span, byService.get(span.resource.get('service.name')), found);
    return narrow(span, always, found);
  };
}

function tryEach(
  list: readonly number[] | undefined,
  { span, index, found }: { readonly span: Span; readonly index: MatcherIndex; readonly found: Found },
): void {
  if (!list) return;
  for (const i of list) {
    if (!index.criteria[i]?.(span)) continue;
    if (found.first < 0) found.first = i;
    else if (found.others) found.others.push(i);
    else found.others = [i];
  }
}
