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
  readonly service: string;
  readonly instanceId: string;
  /** Whom it spoke to: address, topic or peer service; empty when it names nobody. */
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
  const topic = textAt(attributes, 'messaging.destination.name');
  const peerNames = peerNamesOf(attributes);
  const failed = span.status.code === 'error';
  return {
    id,
    traceId: span.traceId,
    spanId: span.spanId,
    key: requestId ?? span.traceId,
    labelled: requestId !== undefined,
    parentSpanId: span.parentSpanId,
    parentIsRemote: span.parentIsRemote,
    handoff: handoffIn(span.traceState),
    links: span.links.map(linkFacts),
    kind: span.kind,
    failed,
    sent,
    account,
    hasLedger: sent > 0 || account !== undefined || attributes.get(SEQUENCE_START) !== undefined,
    startUnixNano: span.startUnixNano,
    service: textAt(resource, 'service.name') ?? '',
    instanceId: textAt(resource, 'service.instance.id') ?? '',
    peer: peerNames[0] ?? '',
    peerNames,
    topic,
    consumerGroup: textAt(attributes, 'messaging.consumer.group.name') ?? '',
    onlyReceives: textAt(attributes, 'messaging.operation.type') === 'receive',
    batchSize: span.kind === 'consumer' ? 1 : batchSizeOf(attributes),
    neverLeft: failed && (attributes.get(WITHDRAWN) === true || failedToConnect(span)),
    correlations: correlationNames.flatMap((name) => correlationAt(attributes, name)),
  };
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
  if (url === undefined || !URL.canParse(url)) return undefined;
  return new URL(url).host || undefined;
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
