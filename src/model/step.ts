import type { SpanKind } from './span.js';

/**
 * Which spans are a step. All criteria given MUST hold. With no criterion besides `service`, the default one is added: the
 * span's attribute `tracecourt.step` equals the step's name.
 */
export interface StepMatcher {
  readonly step: string;
  /** `service.name` of the process. */
  readonly service?: string;
  /** Glob over the span's name: `*` is any run of characters, `?` is one. */
  readonly span?: string;
  readonly kind?: SpanKind;
  /** Shorthand for spans of a known client: database system or messaging system. */
  readonly client?: ClientSystem;
  /** `db.operation.name` or `messaging.operation.name`, compared without case. */
  readonly operation?: string;
  /** Glob over the Redis key, the first argument in `db.query.text`. */
  readonly key?: string;
  /** `messaging.destination.name`. */
  readonly topic?: string;
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  /** Of nested spans that all match, the outermost counts, or each. Default outermost. */
  readonly nested?: 'outermost' | 'each';
}

export const CLIENT_SYSTEMS = ['neo4j', 'redis', 'kafka', 'http'] as const;
export type ClientSystem = (typeof CLIENT_SYSTEMS)[number];
