import type { AttributeValue, Span, SpanKind, SpanStatus } from './span.js';

/**
 * Which spans are a step. All criteria given MUST hold. A pattern is a glob (`*` is any run of characters, `?` is one), or, between slashes, a regular
 * expression that is matched in linear time. With no criterion besides `service`, the default one is added: the
 * span's attribute `tracecourt.step` equals the step's name.
 */
export interface StepMatcher {
  readonly step: string;
  /** `service.name` of the process. */
  readonly service?: string;
  /** Pattern over the span's name. */
  readonly span?: string;
  readonly kind?: SpanKind;
  /** Shorthand for spans of a known client: database system or messaging system. */
  readonly client?: ClientSystem;
  /** `db.operation.name` or `messaging.operation.name`, or the type of the latter where it has no name; compared without case. */
  readonly operation?: string;
  /** Pattern over the Redis key, the first argument in `db.query.text`. */
  readonly key?: string;
  /** Pattern over `db.collection.name`: a Neo4j label, a table. */
  readonly label?: string;
  /** `messaging.destination.name`. */
  readonly topic?: string;
  /** `messaging.consumer.group.name`. */
  readonly group?: string;
  /** `http.request.method`, compared without case. */
  readonly method?: string;
  /** Pattern over `http.route`, or where there is none over the path: `url.path`, or that of `url.full`. */
  readonly route?: string;
  readonly status?: SpanStatus['code'];
  /** Pattern over the status message of a failed span, or the message of its exception. */
  readonly message?: string;
  readonly attributes?: Readonly<Record<string, ValueTest>>;
  /** JSON inside attributes: by attribute, then by path (`items[0].sku`). */
  readonly json?: Readonly<Record<string, Readonly<Record<string, ValueTest>>>>;
  /** Of nested spans that all match, the outermost counts, or each. Default outermost. */
  readonly nested?: 'outermost' | 'each';
  /** Spans under one parent that match are tries of one occurrence: one after the other, or, `hedged`, also side by side. */
  readonly tries?: 'retried' | 'hedged';
}

/** A value itself, compared by its type; or what must be true of it, all of which must hold. */
export type ValueTest = string | number | boolean | ValueConditions;

/** Comparisons hold between numbers only; `like` is a pattern over text. */
export interface ValueConditions {
  readonly is?: string | number | boolean;
  readonly not?: string | number | boolean;
  readonly 'one-of'?: readonly (string | number | boolean)[];
  /** A glob, or a regular expression between slashes. */
  readonly like?: string;
  /** Text that contains it, or a list that has it. */
  readonly contains?: string | number | boolean;
  readonly above?: number;
  readonly below?: number;
  readonly 'at-least'?: number;
  readonly 'at-most'?: number;
  readonly present?: boolean;
  /** True of an empty text, list or map. */
  readonly empty?: boolean;
}

export const CLIENT_SYSTEMS = ['neo4j', 'redis', 'kafka', 'http', 'grpc'] as const;
export type ClientSystem = (typeof CLIENT_SYSTEMS)[number];

/** What the ledger of its process says of a span, as it was sent. */
export interface LedgerValues {
  readonly step: AttributeValue | undefined;
  readonly sequenceStart: AttributeValue | undefined;
  readonly sequenceEnd: AttributeValue | undefined;
  readonly sequenceSent: AttributeValue | undefined;
}

/** Reads spans as steps, one at a time, without naming those of a whole request. */
export interface StepReader {
  /** Undefined for a span that is not as the assembler holds it: its attributes do not answer to their current names. */
  ledgerOf(span: Span): LedgerValues | undefined;
  /** The number of the one matcher that such a span fits; -1 where none does, -2 where several do. */
  stepOf(span: Span): number;
  /** True if every span of the same shape gets the same answer. */
  isToldByShape(span: Span): boolean;
}
