import { type Span, STAMP_NAMES } from '../../model/index.js';
import type { WrittenStep } from '../builder/index.js';
import { patternsOf, type SpanText } from './name-patterns.js';
import { identityOf, type StepIdentity } from './step-identity.js';

/** A step that spans were found for. */
export interface LearntStep {
  readonly name: string;
  readonly service: string;
  readonly spec: WrittenStep;
}

/** What begins and ends a transaction says nothing of the work. */
const BRACKETS: ReadonlySet<string> = new Set(['BEGIN', 'COMMIT', 'ROLLBACK']);

/**
 * Which spans of these requests are steps, and what each step is known by.
 *
 * - A span that states its step is one. In a service that states steps, of the other spans only those are that receive a message.
 * - What goes on under a stated step, up to the next message, is how that step is done: no step of its own.
 * - Of a call over HTTP whose two sides are held, the side that serves is the step.
 * - Everything else is known by its service and by what its client, route or name says. Pieces that vary become `*`.
 */
export function learnSteps(requests: readonly (readonly Span[])[]): readonly LearntStep[] {
  const stating = new Set(requests.flat().filter(isStated).map(serviceOf));
  const identities = requests.flatMap((spans) => stepSpans(spans, stating).map(identityOf));
  return nameAll(distinct(briefly(withPatterns(identities))));
}

function stepSpans(spans: readonly Span[], stating: ReadonlySet<string>): readonly Span[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const served = new Set(spans.flatMap(({ kind, parentSpanId }) => (kind === 'server' ? [parentSpanId] : [])));
  return spans.filter((span) => {
    if (isStated(span) || span.kind === 'consumer') return true;
    if (stating.has(serviceOf(span)) || isWithinStated(span, byId)) return false;
    if (span.kind === 'client' && served.has(span.spanId)) return false;
    const operation = span.attributes.get('db.operation.name');
    return !(typeof operation === 'string' && BRACKETS.has(operation.toUpperCase()));
  });
}

function isWithinStated(span: Span, byId: ReadonlyMap<string, Span>): boolean {
  const visited = new Set<string>();
  for (let up: Span | undefined = span; up && up.kind !== 'consumer' && !visited.has(up.spanId); ) {
    visited.add(up.spanId);
    up = up.parentSpanId === undefined ? undefined : byId.get(up.parentSpanId);
    if (up && isStated(up)) return true;
  }
  return false;
}

function isStated({ attributes }: Span): boolean {
  return typeof attributes.get(STAMP_NAMES.step) === 'string';
}

function serviceOf({ resource }: Span): string {
  const service = resource.get('service.name');
  return typeof service === 'string' ? service : '';
}

interface Described {
  readonly stated: string | undefined;
  readonly service: string;
  readonly spec: WrittenStep;
  readonly words: readonly string[];
}

function withPatterns(identities: readonly StepIdentity[]): readonly Described[] {
  // What is data in one operation is data in all of them: the keys of a service are looked at together, and so are its paths.
  const kindOf = ({ service, varying }: StepIdentity): string => JSON.stringify([service, varying?.key]);
  const texts = new Map<string, SpanText[]>();
  for (const identity of identities) {
    if (!identity.varying) continue;
    const known = texts.get(kindOf(identity)) ?? [];
    known.push(identity.varying);
    texts.set(kindOf(identity), known);
  }
  const patterns = new Map([...texts].map(([kind, all]) => [kind, patternsOf(all)]));
  return identities.map((identity) => {
    const { stated, service, criteria, varying, words } = identity;
    const pattern = varying && patterns.get(kindOf(identity))?.get(varying.text);
    const spec: WrittenStep = {
      ...(service === '' ? {} : { service }),
      ...criteria,
      ...(varying && pattern !== undefined && pattern !== '*' ? { [varying.key]: pattern } : {}),
    };
    return { stated, service, spec, words: pattern === undefined ? words : [...words, pattern] };
  });
}

/** Of messages on one topic, the operation and the group are told where there are several. */
function briefly(described: readonly Described[]): readonly Described[] {
  const brief = ({ spec: { operation: _operation, group: _group, ...rest } }: Described): string =>
    JSON.stringify(rest);
  const spelled = new Map<string, Set<string>>();
  for (const each of described) {
    spelled.set(brief(each), (spelled.get(brief(each)) ?? new Set<string>()).add(JSON.stringify(each.spec)));
  }
  return described.map((each) => {
    if (each.spec.topic === undefined || (spelled.get(brief(each))?.size ?? 0) > 1) return each;
    const { operation: _operation, group: _group, ...spec } = each.spec;
    return { ...each, spec };
  });
}

function distinct(described: readonly Described[]): readonly Described[] {
  const known = new Map(described.map((each) => [JSON.stringify([each.stated, each.spec]), each]));
  return mergeServices([...known].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each));
}

/** A stated step of several services is one step, of no service in particular. */
function mergeServices(described: readonly Described[]): readonly Described[] {
  const stated = described.filter((each) => each.stated !== undefined);
  const shared = new Set(
    stated
      .filter((each) => stated.some((other) => other !== each && other.stated === each.stated))
      .map((each) => each.stated),
  );
  const merged = [...shared].map((name) => ({ stated: name, service: '', spec: {}, words: [name ?? ''] }));
  return [...merged, ...described.filter(({ stated: name }) => name === undefined || !shared.has(name))];
}

/** Each gets a name of its own: what it is, then where it is, then a number. */
function nameAll(described: readonly Described[]): readonly LearntStep[] {
  const taken = new Set<string>(['total']);
  const named = new Map<Described, string>();
  const statedFirst = [...described].sort((a, b) => claimOf(a) - claimOf(b));
  const simple = statedFirst.map(({ words }) => toName(words));
  statedFirst.forEach((each, i) => {
    const own = simple[i] ?? '';
    const isShared = simple.filter((other) => other === own).length > 1;
    const long = toName([each.service, ...each.words]);
    const isTaken = (name: string): boolean => name === '' || taken.has(name.replaceAll('-', '_'));
    let name = isTaken(own) || (isShared && each.stated === undefined) ? long : own;
    for (let n = 2; isTaken(name); n++) name = `${long === '' ? 'step' : long}-${n}`;
    taken.add(name.replaceAll('-', '_'));
    named.set(each, name);
  });
  return described.map((each) => {
    const name = named.get(each) ?? '';
    return { name, service: each.service, spec: specUnder(name, each) };
  });
}

/** Who is called as it says comes first, then who says anything. */
function claimOf({ stated, words }: Described): number {
  if (stated === undefined) return 2;
  return stated === toName(words) ? 0 : 1;
}

/** A span that states another name than the step could be given is known by what it states. */
function specUnder(name: string, { stated, spec }: Described): WrittenStep {
  return stated === undefined || stated === name ? spec : { ...spec, attributes: { [STAMP_NAMES.step]: stated } };
}

const LONGEST_NAME = 60;

function toName(words: readonly string[]): string {
  const kebab = words
    .join(' ')
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .replace(/[^A-Za-z0-9_]+/g, '-')
    .replace(/^[-_\d]+|-+$/g, '')
    .slice(0, LONGEST_NAME)
    .replace(/-+$/, '');
  return words.length === 1 && words[0] === kebab ? kebab : kebab.toLowerCase();
}
