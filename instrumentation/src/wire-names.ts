/**
 * Names and formats that the services under test and the collector agree on. Nothing else is shared between the two sides.
 */

/** Baggage entry, and attribute of every span of the request. */
export const REQUEST_ID = 'tracecourt.request.id';

/** Attribute of a span that is a step of the workflow: the step's name. */
export const STEP = 'tracecourt.step';

/** What a step was given and gave back, as JSON text; only where its wrapper was told to capture it. */
export const STEP_INPUT = 'tracecourt.step.input';
export const STEP_OUTPUT = 'tracecourt.step.output';

/** Member of the W3C tracestate that names a hand-off: `<span id>.<n>`, n counted from 1 within that span. */
export const TRACESTATE_MEMBER = 'tracecourt';

/** Attribute of a span that handed work on: how many times. */
export const SENT = 'tracecourt.sent';

/**
 * Attribute of a span whose hand-offs were taken back before anybody could receive them: a transaction that was aborted, a call
 * for which no connection came about. No receipts are to be waited for.
 */
export const WITHDRAWN = 'tracecourt.withdrawn';

/** Attribute of the last span of a busy period: {@link Account} as `<spans>.<sent>.<xor>`. */
export const ACCOUNT = 'tracecourt.account';

/** Sequence numbers of this process: at the span's start, at its end, and one for each hand-off. */
export const SEQUENCE_START = 'tracecourt.seq.start';
export const SEQUENCE_END = 'tracecourt.seq.end';
export const SEQUENCE_SENT = 'tracecourt.seq.sent';

/** Name of the span that stands for a hand-off made when no local span was open. */
export const RELAY_SPAN_NAME = 'tracecourt.relay';

/** What one process did for one key in one busy period. */
export interface Account {
  /** Spans started, the one that carries the account among them. */
  readonly spans: number;
  /** Hand-offs made. */
  readonly sent: number;
  /** XOR of the ids of those spans, 16 lower-case hex digits. */
  readonly xor: string;
}

export interface HandoffId {
  readonly spanId: string;
  readonly n: number;
}

const ACCOUNT_FORM = /^(\d{1,15})\.(\d{1,15})\.([0-9a-f]{16})$/;
const HANDOFF_FORM = /^([0-9a-f]{16})\.([1-9]\d{0,14})$/;

export function formatAccount({ spans, sent, xor }: Account): string {
  return `${spans}.${sent}.${xor}`;
}

/** Undefined for anything of another form: it is no account. */
export function parseAccount(text: unknown): Account | undefined {
  const match = typeof text === 'string' ? ACCOUNT_FORM.exec(text) : null;
  return match ? { spans: Number(match[1]), sent: Number(match[2]), xor: match[3] ?? '' } : undefined;
}

export function formatHandoff({ spanId, n }: HandoffId): string {
  return `${spanId}.${n}`;
}

/** Undefined for anything of another form: it is no hand-off. */
export function parseHandoff(text: unknown): HandoffId | undefined {
  const match = typeof text === 'string' ? HANDOFF_FORM.exec(text) : null;
  return match ? { spanId: match[1] ?? '', n: Number(match[2]) } : undefined;
}
