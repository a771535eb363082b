import { groupBy } from '../../lib/group-by.js';
import { oncePer, oncePerText } from '../../lib/once-per.js';
import { compilePattern, type TextPattern } from '../../lib/text-pattern.js';
import type { Attributes, AttributeValue, CompiledFlow, Finding, ForbiddenAttribute, Span } from '../../model/index.js';
import { findingAbout } from '../finding-about.js';
import type { Subject } from '../subject.js';
import { serviceOf } from './span-index.js';

/**
 * A span of the request, one of its events or links, or the process that sent it has an attribute that no span may have.
 *
 * A map inside an attribute is looked at too: its keys are names behind the attribute's own and a dot.
 *
 * One finding for each attribute's name and pattern. What the attribute holds is not told. Stands under any completion: what is there is there. The
 * ledger's own attributes are not looked at: a checksum of sixteen digits is no card number.
 */
export function forbiddenAttribute(subject: Subject): readonly Finding[] {
  return subject.flow.forbidden.flatMap((forbidden) => {
    const fits = fitting(forbidden);
    const found = subject.trace.spans.flatMap((span) =>
      isAskedOf(span, forbidden) ? namesIn(span, fits).map((attribute) => ({ span, attribute })) : [],
    );
    return [...groupBy(found, ({ attribute }) => attribute)].map(([attribute, all]) => {
      const spanIds = all.map(({ span }) => span.spanId);
      const service = all[0] && serviceOf(all[0].span);
      return findingAbout(subject, 'forbidden-attribute', {
        about: { spanIds, ...(service === undefined ? {} : { service }) },
        facts: { attribute, pattern: forbidden.value ?? forbidden.name ?? '', spans: spanIds.length },
      });
    });
  });
}

/** True of a span that has an attribute that no span may have. */
export function hasForbidden(span: Span, { forbidden }: Pick<CompiledFlow, 'forbidden'>): boolean {
  return forbidden.some((each) => isAskedOf(span, each) && namesIn(span, fitting(each)).length > 0);
}

function isAskedOf(span: Span, { service }: ForbiddenAttribute): boolean {
  return service === undefined || service === serviceOf(span);
}

/** Accounts, hand-offs and sequence numbers; what a step was given and gave back is the service's. */
function isLedgers(name: string): boolean {
  return name.startsWith('tracecourt.') && !name.startsWith('tracecourt.step');
}

type Fits = (name: string, value: AttributeValue) => boolean;

const fitting = oncePer(({ name, value }: ForbiddenAttribute): Fits => {
  const fitsName = name === undefined ? undefined : rememberingNames(compilePattern(name));
  const fitsValue = value === undefined ? undefined : compilePattern(value);
  return (key, held) => (!fitsName || fitsName(key)) && (!fitsValue || holds(held, fitsValue));
});

/** Spans have the same few names, over and over. */
function rememberingNames(fits: TextPattern): TextPattern {
  return oncePerText(fits, { most: 10_000, textOf: (name) => name });
}

/** Any text or number in the value, however deep. */
function holds(value: AttributeValue, fits: TextPattern): boolean {
  if (typeof value !== 'object' || value === null) return fits(String(value));
  if (value instanceof Uint8Array) return false;
  return (Array.isArray(value) ? value : Object.values(value)).some((part: AttributeValue) => holds(part, fits));
}

function namesIn({ attributes, events, links, resource }: Span, fits: Fits): readonly string[] {
  const names = new Set<string>();
  addNames(names, attributes, fits);
  for (const event of events) addNames(names, event.attributes, fits);
  for (const link of links) addNames(names, link.attributes, fits);
  for (const name of namesInResources(fits)(resource)) names.add(name);
  return [...names];
}

/** Spans that came together share what is said of their process: it is looked through once. */
const namesInResources = oncePer((fits: Fits) =>
  oncePer((resource: Attributes): readonly string[] => {
    const names = new Set<string>();
    addNames(names, resource, fits);
    return [...names];
  }),
);

function addNames(names: Set<string>, attributes: Attributes, fits: Fits): void {
  for (const [name, value] of attributes.entries()) {
    if (!isLedgers(name)) addFitting(names, [name, value], fits);
  }
}

/** The name itself, or else what a map under it calls its parts (`user` that holds `card`: `user.card`), however deep. */
function addFitting(names: Set<string>, [name, value]: readonly [string, AttributeValue], fits: Fits): void {
  if (fits(name, value)) names.add(name);
  else addBelow(names, [name, value], fits);
}

function addBelow(names: Set<string>, [name, value]: readonly [string, AttributeValue], fits: Fits): void {
  if (Array.isArray(value)) for (const part of value) addBelow(names, [name, part], fits);
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) return;
  for (const [key, part] of Object.entries(value)) addFitting(names, [`${name}.${key}`, part], fits);
}
