import {
  ACCOUNT,
  formatAccount,
  formatHandoff,
  REQUEST_ID,
  SENT,
  SEQUENCE_END,
  SEQUENCE_SENT,
  SEQUENCE_START,
  TRACESTATE_MEMBER,
} from '@tracecourt/instrumentation/wire-names';
import { groupBy } from '../../../src/lib/group-by.js';
import type { AttributeValue, Span } from '../../../src/model/index.js';
import { buildSpan, spanIdOf, traceIdOf } from '../../helpers/spans.js';
import type { TrueSpan } from './perform.js';

/** What a process's telemetry is like. */
export interface Manner {
  /** How far its clock is ahead, milliseconds. */
  readonly aheadMs: number;
  /** Starts are read in whole milliseconds, as JavaScript's are. */
  readonly wholeMs: boolean;
  /** False: it numbers nothing. */
  readonly stamps: boolean;
  /** False: it keeps no ledger, and tells neither accounts nor hand-offs. */
  readonly accounts: boolean;
}

/** What processes say of what truly was. Those of several requests are numbered together, as they happened. */
export function tell(spans: readonly TrueSpan[], mannerOf: (instance: string) => Manner): readonly Span[] {
  const ids = new Map(spans.map((span, i) => [span, spanIdOf(`${span.request} ${i}`)] as const));
  const idOf = (span: TrueSpan): string => ids.get(span) ?? '';
  const numbers = numbersOf(spans);
  const accounts = accountsOf(spans, idOf);
  return spans.map((span) => {
    const { service, instance } = span.process;
    const manner = mannerOf(instance);
    const start = span.startMs + manner.aheadMs;
    const parentManner = span.parent && mannerOf(span.parent.process.instance);
    const isHandedOn = span.received !== undefined && span.parent && parentManner?.accounts;
    return buildSpan({
      traceId: traceIdOf(span.traceId),
      spanId: idOf(span),
      name: span.name,
      kind: span.kind,
      service,
      instance,
      startMs: manner.wholeMs ? Math.floor(start) : start,
      durationMs: span.endMs - span.startMs,
      ...(span.parent && { parentSpanId: idOf(span.parent), parentIsRemote: span.received !== undefined }),
      ...(isHandedOn && {
        traceState: `${TRACESTATE_MEMBER}=${formatHandoff({ spanId: idOf(span.parent), n: span.received })}`,
      }),
      ...(span.error !== undefined && { error: span.error }),
      attributes: {
        ...span.attributes,
        [REQUEST_ID]: span.request,
        ...(manner.stamps && numbers.get(span)),
        ...(manner.accounts && {
          ...(span.sentAt.length > 0 && { [SENT]: span.sentAt.length }),
          ...accounts.get(span),
        }),
      },
    });
  });
}

type Attributes = Readonly<Record<string, AttributeValue>>;

/** Each process numbers its starts, hand-offs and ends in the order in which they happen. */
function numbersOf(spans: readonly TrueSpan[]): ReadonlyMap<TrueSpan, Attributes> {
  const numbers = new Map<TrueSpan, Attributes>();
  for (const own of groupBy(spans, ({ process }) => process.instance).values()) {
    const moments = own.flatMap((span) => [span.startMs, ...span.sentAt, span.endMs].map((at, i) => ({ at, span, i })));
    moments.sort((a, b) => a.at - b.at);
    const given = new Map<TrueSpan, number[]>(own.map((span) => [span, []]));
    moments.forEach(({ span, i }, n) => {
      const list = given.get(span);
      if (list) list[i] = n + 1;
    });
    for (const [span, list] of given) {
      const [start = 0, ...rest] = list;
      const sent = rest.slice(0, -1);
      numbers.set(span, {
        [SEQUENCE_START]: start,
        [SEQUENCE_END]: rest.at(-1) ?? 0,
        ...(sent.length > 0 && { [SEQUENCE_SENT]: sent }),
      });
    }
  }
  return numbers;
}

/** The last span that ends in each busy period of a process with a request has the account of the period. */
function accountsOf(spans: readonly TrueSpan[], idOf: (span: TrueSpan) => string): ReadonlyMap<TrueSpan, Attributes> {
  const accounts = new Map<TrueSpan, Attributes>();
  for (const own of groupBy(spans, ({ process, request }) => `${process.instance} ${request}`).values()) {
    let period: TrueSpan[] = [];
    let open = 0;
    const moments = own.flatMap((span) => [
      { at: span.startMs, span, opens: true },
      { at: span.endMs, span, opens: false },
    ]);
    moments.sort((a, b) => a.at - b.at || Number(b.opens) - Number(a.opens));
    for (const { span, opens } of moments) {
      open += opens ? 1 : -1;
      if (opens) period.push(span);
      if (open > 0) continue;
      const xor = period.reduce((sum, each) => sum ^ BigInt(`0x${idOf(each)}`), 0n);
      const account = formatAccount({
        spans: period.length,
        sent: period.reduce((sum, { sentAt }) => sum + sentAt.length, 0),
        xor: xor.toString(16).padStart(16, '0'),
      });
      accounts.set(span, { [ACCOUNT]: account });
      period = [];
    }
  }
  return accounts;
}
