import { STEP } from '@tracecourt/instrumentation/wire-names';
import { oncePer } from '../src/lib/once-per.js';
import { isPlainPattern } from '../src/lib/text-pattern.js';
import type { Span, StepMatcher } from '../src/model/index.js';
import { type Criterion, criterionOf, isDefault } from './step-match.js';

/**
 * Matchers by what a span must have to fit them, so that each span is held against few. A matcher is listed once: by the step that it states, else by the
 * span's name, its kind or its service, whichever it asks for first; and where it asks for none of these, for every span.
 */
interface MatcherIndex {
  /** What makes a span fit each. */
  readonly criteria: readonly Criterion[];
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
  return { criteria: matchers.map(criterionOf), ...lists, always };
});

type Place = { readonly list: 'byStep' | 'byName' | 'byKind' | 'byService'; readonly key: string };

function placeOf(matcher: StepMatcher): Place | undefined {
  const { step, span, kind, service } = matcher;
  if (isDefault(matcher)) return { list: 'byStep', key: step };
  if (span !== undefined && isPlainPattern(span)) return { list: 'byName', key: span };
  if (kind !== undefined) return { list: 'byKind', key: kind };
  return service === undefined ? undefined : { list: 'byService', key: service };
}

const NONE: readonly number[] = [];

/** The matchers that a span fits, in the order given; undefined for none. The list MUST NOT change from one span to the next. */
export function matchersThatFit(span: Span, matchers: readonly StepMatcher[]): readonly StepMatcher[] | undefined {
  const { criteria, byStep, byName, byKind, byService, always } = indexOf(matchers);
  const ofStep = (byStep.size > 0 && byStep.get(span.attributes.get(STEP))) || NONE;
  const ofName = (byName.size > 0 && byName.get(span.name)) || NONE;
  const ofKind = (byKind.size > 0 && byKind.get(span.kind)) || NONE;
  const ofService = (byService.size > 0 && byService.get(span.resource.get('service.name'))) || NONE;
  const count = ofStep.length + ofName.length + ofKind.length + ofService.length + always.length;
  if (count === 0) return undefined;
  const listed = [ofStep, ofName, ofKind, ofService, always].find(({ length }) => length === count);
  const tried = listed ?? [...ofStep, ...ofName, ...ofKind, ...ofService, ...always].sort((a, b) => a - b);
  let fits: StepMatcher[] | undefined;
  for (const i of tried) {
    const matcher = matchers[i] as StepMatcher;
    if (!criteria[i]?.(span)) continue;
    if (fits) fits.push(matcher);
    else fits = [matcher];
  }
  return fits;
}
