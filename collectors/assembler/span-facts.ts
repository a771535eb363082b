import {
  ACCOUNT,
  type Account,
  type HandoffId,
  parseAccount,
  parseHandoff,
  REQUEST_ID,
  SENT,
  SEQUENCE_START,
  TRACESTATE_MEMBER,
  WITHDRAWN,
} from '@tracecourt/instrumentation/wire-names';
import type { Attributes, Span, SpanKind, SpanLink } from '../../src/model/index.js';
import { spanKey } from '../adjust/index.js';

/**
 * What accounting and joining need of a span: plain data, so that both can be driven without any span at all.
 */
export interface SpanFacts {
  /** What tells it from other spans: one text, so that looking it up costs little. */
  readonly id: string;
  readonly traceId: string;
  readonly spanId: string;
  /** The request id when the span carries one, else its trace id. */
  readonly key: string;
  /** True when `key` is a request id. */
  readonly labelled: boolean;
  readonly parentSpanId: string | undefined;
  readonly parentIsRemote: boolean | undefined;
  /** The hand-off that the tracestate names. */
  readonly handoff: HandoffId | undefined;
  readonly links: readonly LinkFacts[];
  readonly kind: SpanKind;
  /** Ended in error. */
  readonly failed: boolean;
  /** Hand-offs made under it. */
  readonly sent: number;
  readonly account: Account | undefined;
  /** True when the process that sent it keeps a ledger. */
  readonly hasLedger: boolean;
  readonly startUnixNano: bigint;
  readonly process: NamedProcess;
  /**
   * Whom it spoke to: address, topic or peer service; empty when it names nobody. This and what it says of its hand-offs (`peerNames`, `topic`, `batchSize`,
   * `neverLeft`) is read of spans that made some: nobody asks the others.
   */
  readonly peer: string;
  /** Every name it gives its peer, for comparison with declared ones. */
  readonly peerNames: readonly string[];
  readonly topic: string | undefined;
  readonly consumerGroup: string;
  /** True for a span that only fetched messages; work on them has not begun. */
  readonly onlyReceives: boolean;
  /** Messages that one hand-off stands for. */
  readonly batchSize: number;
  /** Failed before anything left the process, or before anybody could receive what did. */
  readonly neverLeft: boolean;
  /** `name=value` of each declared correlation attribute. */
  readonly correlations: readonly string[];
}

/** The process that a span's resource names, as far as it does. */
export interface NamedProcess {
  /** Both names in one text, so that looking it up costs little. */
  readonly id: string;
  readonly service: string;
  readonly instanceId: string;
}

export interface LinkFacts {
  readonly traceId: string;
  readonly spanId: string;
  readonly handoff: HandoffId | undefined;
}

/** Reads the facts of a span whose attributes answer to their current names. */
export function factsOf(
  span: Span,
  correlationNames: readonly string[] = [],
  id = spanKey(span.traceId, span.spanId),
): SpanFacts {
  const { attributes, resource } = span;
  const requestId = textAt(attributes, REQUEST_ID);
  const sent = countAt(attributes, SENT) ?? 0;
  const account = parseAccount(attributes.get(ACCOUNT));
  const failed = span.status.code === 'error';
  const peerNames = sent > 0 ? peerNamesOf(attributes) : NONE;
  return {
    id,
    traceId: span.traceId,
    spanId: span.spanId,
    key: requestId ?? span.traceId,
    labelled: requestId !== undefined,
    parentSpanId: span.parentSpanId,
    parentIsRemote: span.parentIsRemote,
    handoff: handoffIn(span.traceState),
    links: span.links.length > 0 ? span.links.map(linkFacts) : NONE,
    kind: span.kind,
    failed,
    sent,
    account,
    hasLedger: sent > 0 || account !== undefined || attributes.get(SEQUENCE_START) !== undefined,
    startUnixNano: span.startUnixNano,
    process: processOf(resource),
    peer: peerNames[0] ?? '',
    peerNames,
    topic: sent > 0 ? textAt(attributes, 'messaging.destination.name') : undefined,
    consumerGroup: textAt(attributes, 'messaging.consumer.group.name') ?? '',
    onlyReceives: textAt(attributes, 'messaging.operation.type') === 'receive',
    batchSize: sent > 0 && span.kind !== 'consumer' ? batchSizeOf(attributes) : 1,
    neverLeft: sent > 0 && failed && (attributes.get(WITHDRAWN) === true || failedToConnect(span)),
    correlations:
      correlationNames.length > 0 ? correlationNames.flatMap((name) => correlationAt(attributes, name)) : NONE,
  };
}

/** Most spans have none of most things: they share the list of it. */
const NONE: readonly never[] = [];

const latest: { resource?: Attributes; process?: NamedProcess } = {};

/** Spans that follow each other mostly share their resource, and then they share what it names. */
function processOf(resource: Attributes): NamedProcess {
  if (latest.process && latest.resource === resource) return latest.process;
  const service = textAt(resource, 'service.name') ?? '';
  const instanceId = textAt(resource, 'service.instance.id') ?? '';
  latest.resource = resource;
  latest.process = { id: `${service}\n${instanceId}`, service, instanceId };
  return latest.process;
}

function linkFacts(link: SpanLink): LinkFacts {
  return { traceId: link.traceId, spanId: link.spanId, handoff: handoffIn(link.traceState) };
}

/** The hand-off that a W3C tracestate names; the first member of ours counts. */
export function handoffIn(traceState: string): HandoffId | undefined {
  if (traceState === '') return undefined;
  for (const member of traceState.split(',')) {
    const equals = member.indexOf('=');
    if (equals >= 0 && member.slice(0, equals).trim() === TRACESTATE_MEMBER) {
      return parseHandoff(member.slice(equals + 1).trim());
    }
  }
  return undefined;
}

/** Most telling first: a topic says more than the broker's address, an address more than a bare host. */
function peerNamesOf(attributes: Attributes): readonly string[] {
  const address = textAt(attributes, 'server.address');
  const port = attributes.get('server.port');
  const names = [
    textAt(attributes, 'messaging.destination.name'),
    address !== undefined && port !== undefined ? `${address}:${port}` : undefined,
    textAt(attributes, 'peer.service'),
    hostOf(textAt(attributes, 'url.full')),
    address,
  ];
  return [...new Set(names.filter((name) => name !== undefined))];
}

function hostOf(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  try {
    return new URL(url).host || undefined;
  } catch {
    return undefined;
  }
}

function batchSizeOf(attributes: Attributes): number {
  const count = countAt(attributes, 'messaging.batch.message_count') ?? countAt(attributes, 'bullmq.job.bulk.count');
  return Math.max(1, count ?? 1);
}

/** Errors of which the system calls say that no connection came about. */
const NO_CONNECTION = /\b(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)\b/;

const ANSWERS = ['http.response.status_code', 'rpc.status_code'];

/**
 * An answer proves that something left, whatever its text says: it may pass on what another server said. A producer's error
 * proves nothing: it is that of the last attempt, and an earlier one may have left without being acknowledged.
 */
function failedToConnect(span: Span): boolean {
  if (span.kind === 'producer' || ANSWERS.some((name) => span.attributes.get(name) !== undefined)) return false;
  return errorTexts(span).some((text) => NO_CONNECTION.test(text));
}

function errorTexts(span: Span): readonly string[] {
  const ofEvents = span.events.flatMap(({ attributes }) => [
    textAt(attributes, 'exception.type'),
    textAt(attributes, 'exception.message'),
  ]);
  return [span.status.message, textAt(span.attributes, 'error.type'), ...ofEvents].filter((text) => text !== undefined);
}

function correlationAt(attributes: Attributes, name: string): readonly string[] {
  const value = attributes.get(name);
  const isName = (typeof value === 'string' && value !== '') || typeof value === 'number' || typeof value === 'bigint';
  return isName ? [`${name}=${value}`] : [];
}

function textAt(attributes: Attributes, key: string): string | undefined {
  const value = attributes.get(key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function countAt(attributes: Attributes, key: string): number | undefined {
  const value = attributes.get(key);
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
