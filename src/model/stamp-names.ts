/**
 * Attributes in which the services' ledger states the order of things within one process. The judging side reads them here; the names are
 * those of `@tracecourt/instrumentation`, and a test holds the two equal.
 */
export const STAMP_NAMES = {
  /** Sequence number of the process at the span's start. */
  start: 'tracecourt.seq.start',
  /** Sequence number of the process at the span's end. */
  end: 'tracecourt.seq.end',
  /** One sequence number for each hand-off of the span, in order. */
  sent: 'tracecourt.seq.sent',
  /** Member of the tracestate that names the hand-off a span received: `<span id>.<n>`. */
  handoff: 'tracecourt',
  /** Name of the step that a span says it is. */
  step: 'tracecourt.step',
  /** The request that a span says it belongs to. */
  request: 'tracecourt.request.id',
} as const;
