import { type AttributeValue, CLIENT_SYSTEMS, type ClientSystem, type Span, STAMP_NAMES } from '../../model/index.js';
import type { WrittenStep } from '../builder/index.js';
import type { SpanText } from './name-patterns.js';

/** What a span is known by, as a step: criteria of a matcher, of which the varying one is still the span's own text. */
export interface StepIdentity {
  /** The step's name, where the span states one. */
  readonly stated: string | undefined;
  readonly service: string;
  readonly criteria: Omit<WrittenStep, 'service'>;
  /** Which criterion is a pattern over texts that may vary, and this span's text. */
  readonly varying: (SpanText & { readonly key: 'span' | 'route' | 'key' }) | undefined;
  /** Words that a name can be made of. */
  readonly words: readonly string[];
}

export function identityOf(span: Span): StepIdentity {
  const service = text(span.resource.get('service.name')) ?? '';
  const stated = text(span.attributes.get(STAMP_NAMES.step));
  if (stated !== undefined) return { stated, service, criteria: {}, varying: undefined, words: [stated] };
  return { stated: undefined, service, ...(messaging(span) ?? database(span) ?? http(span) ?? named(span)) };
}

type Unstated = Omit<StepIdentity, 'stated' | 'service'>;

function messaging(span: Span): Unstated | undefined {
  const system = text(span.attributes.get('messaging.system'));
  const topic = text(span.attributes.get('messaging.destination.name'));
  if (system === undefined || topic === undefined) return undefined;
  const { kind } = span;
  const operation = text(span.attributes.get('messaging.operation.name'));
  const verb = operation ?? (kind === 'consumer' ? 'process' : 'send');
  const group = kind === 'consumer' ? text(span.attributes.get('messaging.consumer.group.name')) : undefined;
  return {
    criteria: { ...system_(system, 'messaging.system'), topic, kind, ...given({ operation, group }) },
    varying: undefined,
    words: [verb, topic],
  };
}

function database(span: Span): Unstated | undefined {
  const system = text(span.attributes.get('db.system.name'));
  if (system === undefined || span.kind !== 'client') return undefined;
  const operation = text(span.attributes.get('db.operation.name'));
  const label = text(span.attributes.get('db.collection.name'));
  const key = system === 'redis' ? redisKey(span) : undefined;
  const criteria = { ...system_(system, 'db.system.name'), ...given({ operation, label }) };
  if (operation === undefined)
    return { criteria, varying: { key: 'span', text: span.name, isName: true }, words: [system] };
  return {
    criteria: { ...criteria, ...('client' in criteria ? {} : { kind: span.kind }) },
    varying: key === undefined ? undefined : { key: 'key', text: key, isName: false },
    words: [system, operation, ...(label === undefined ? [] : [label])],
  };
}

function http(span: Span): Unstated | undefined {
  const method = text(span.attributes.get('http.request.method'));
  if (method === undefined || (span.kind !== 'server' && span.kind !== 'client')) return undefined;
  const named = text(span.attributes.get('http.route'));
  const route = named ?? text(span.attributes.get('url.path'));
  const which = span.kind === 'client' ? { client: 'http' as const } : { kind: span.kind };
  return {
    criteria: { ...which, method },
    varying:
      route === undefined
        ? { key: 'span', text: span.name, isName: true }
        : { key: 'route', text: route, isName: named !== undefined },
    words: span.kind === 'client' ? ['call', method] : [method],
  };
}

function named({ kind, name }: Span): Unstated {
  return { criteria: { kind }, varying: { key: 'span', text: name, isName: true }, words: [] };
}

/** A client that matchers have a word for, or else the attribute that names the system. */
function system_(system: string, attribute: string): Omit<WrittenStep, 'service'> {
  const known = CLIENT_SYSTEMS.find((client: ClientSystem) => client === system);
  return known ? { client: known } : { attributes: { [attribute]: system } };
}

function redisKey(span: Span): string | undefined {
  const argument = text(span.attributes.get('db.query.text'))?.trim().split(/\s+/, 2)[1];
  return argument === '?' ? undefined : argument?.replace(/^(["'])(.*)\1$/, '$2');
}

function given<T extends Record<string, string | undefined>>(values: T): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: string;
  };
}

function text(value: AttributeValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
