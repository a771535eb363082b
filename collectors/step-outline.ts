import type { Span, StepMatcher } from '../src/model/index.js';
import { type Criterion, criterionOf, serviceCriterion } from './step-match.js';

/**
 * Tells of a span whether its shape is all that the matchers read of it: then every span of that shape fits the same of them.
 *
 * A matcher that asks for more counts where it could fit: by service, kind, status and name, which are of the shape.
 */
export function toldByShape(matchers: readonly StepMatcher[]): (span: Span) => boolean {
  const all = matchers.map((matcher) => ({ matcher, couldFit: outlineOf(matcher) }));
  return (span) => all.every(({ matcher, couldFit }) => !readsMore(matcher, span) || !couldFit(span));
}

function readsMore({ client, key, label, group, route, message, attributes, json }: StepMatcher, span: Span): boolean {
  if (client === 'grpc') return true;
  if (route !== undefined && typeof span.attributes.get('http.route') !== 'string') return true;
  return [key, label, group, message, attributes, json].some((asked) => asked !== undefined);
}

function outlineOf({ step, service, kind, status, span }: StepMatcher): Criterion {
  const outline = {
    step,
    ...(service === undefined ? {} : { service }),
    ...(kind === undefined ? {} : { kind }),
    ...(status === undefined ? {} : { status }),
    ...(span === undefined ? {} : { span }),
  };
  const asksOfSpan = kind !== undefined || status !== undefined || span !== undefined;
  return asksOfSpan ? criterionOf(outline) : serviceCriterion(outline);
}
