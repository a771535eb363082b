/** Names every hand-off on the wire, so that its receipt can be told from any other. */
import {
  type Context,
  createTraceState,
  isSpanContextValid,
  type Span,
  type SpanContext,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  TraceFlags,
  type Tracer,
  type TraceState,
  trace,
} from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { harmless } from './harmless.js';
import { contextWithRequestId, currentRequestId } from './request-id.js';
import { formatHandoff, RELAY_SPAN_NAME, TRACESTATE_MEMBER } from './wire-names.js';

/** Receivers drop a longer tracestate as a whole. */
const MAX_TRACESTATE_LENGTH = 512;

export interface LedgerPropagatorOptions {
  /** Writes and reads the headers: W3C trace context and baggage. */
  readonly inner: TextMapPropagator;
  /** Counts the hand-off of an open local span; see `LedgerProcessor.handOff`. */
  readonly handOff: (spanId: string) => number | undefined;
  /** Starts the spans that stand for hand-offs made under no open span. */
  readonly tracer: () => Tracer;
  /** Gives an id to a request that arrives with neither an id nor a trace: the way in. */
  readonly newRequestId?: (() => string) | undefined;
}

/**
 * Wraps a propagator.
 *
 * - Under an open local span, the hand-off is counted there and named in tracestate: `tracecourt=<span id>.<n>`.
 * - Under any other sampled span context (ended, or only extracted) a span `tracecourt.relay` is started and ended for it,
 *   so that every hand-off has a span.
 * - Suppressed, unsampled and invalid contexts are left to the inner propagator. Extracting counts nothing.
 * - It never throws into the service, whatever the inner one does.
 */
export function createLedgerPropagator(options: LedgerPropagatorOptions): TextMapPropagator {
  const { inner } = options;
  return {
    inject: (context, carrier, setter) => {
      harmless('the headers of a hand-off', () => inject(options, context, { carrier, setter }));
    },
    extract: (context, carrier, getter) =>
      harmless('the headers of what came in', () => extract(options, context, { carrier, getter })) ?? context,
    fields: () => inner.fields(),
  };
}

interface Outgoing {
  readonly carrier: unknown;
  readonly setter: TextMapSetter;
}

interface Incoming {
  readonly carrier: unknown;
  readonly getter: TextMapGetter;
}

function inject(options: LedgerPropagatorOptions, context: Context, { carrier, setter }: Outgoing): void {
  const sender = trace.getSpanContext(context);
  const counted = sender && isCounted(sender) && !isTracingSuppressed(context);
  const n = counted ? options.handOff(sender.spanId) : undefined;
  if (!counted) options.inner.inject(context, carrier, setter);
  else if (n === undefined) relay(options, context, { carrier, setter });
  else options.inner.inject(named(context, { sender, n }), carrier, setter);
}

function relay(options: LedgerPropagatorOptions, context: Context, { carrier, setter }: Outgoing): void {
  const span = options.tracer().startSpan(RELAY_SPAN_NAME, {}, context);
  options.inner.inject(relayContext(options, context, span), carrier, setter);
  span.end();
}

/** A sampler may have refused the relay span, or it may be another SDK's: then nothing is counted and nothing named. */
function relayContext(options: LedgerPropagatorOptions, context: Context, span: Span): Context {
  const sender = span.spanContext();
  const n = isCounted(sender) ? options.handOff(sender.spanId) : undefined;
  return n === undefined ? context : named(context, { sender, n });
}

function isCounted(spanContext: SpanContext): boolean {
  return isSpanContextValid(spanContext) && (spanContext.traceFlags & TraceFlags.SAMPLED) !== 0;
}

function named(context: Context, { sender, n }: { readonly sender: SpanContext; readonly n: number }): Context {
  const handoff = formatHandoff({ spanId: sender.spanId, n });
  const traceState = traceStateWith(handoff, sender.traceState);
  return trace.setSpanContext(context, { ...sender, traceState });
}

/** Our member first, as W3C wants of the one who changed it; of the others, as many as receivers will take. */
function traceStateWith(handoff: string, others: TraceState | undefined): TraceState {
  const members = (others?.serialize() ?? '').split(',').filter((member) => member !== '' && !isOurs(member));
  const list = [`${TRACESTATE_MEMBER}=${handoff}`, ...members].slice(0, 32);
  while (list.join(',').length > MAX_TRACESTATE_LENGTH) list.pop();
  return createTraceState(list.join(','));
}

function isOurs(member: string): boolean {
  return member.trim().startsWith(`${TRACESTATE_MEMBER}=`);
}

function extract(options: LedgerPropagatorOptions, context: Context, { carrier, getter }: Incoming): Context {
  const extracted = options.inner.extract(context, carrier, getter);
  const { newRequestId } = options;
  // Only what arrives with no trace either: its sender may have counted under the trace id.
  const isWayIn = newRequestId && !currentRequestId(extracted) && !trace.getSpanContext(extracted);
  return isWayIn ? contextWithRequestId(newRequestId(), extracted) : extracted;
}
