import { STAMP_NAMES } from './stamp-names.js';

const PLAIN = `${STAMP_NAMES.handoff}=`;
const ZERO = 48;

/** True of the state as the ledger writes it, with nobody else's beside it, and an n of one digit. */
function isPlainState(traceState: string, spanId: string): boolean {
  const dot = PLAIN.length + spanId.length;
  if (traceState.length !== dot + 2 || traceState[dot] !== '.') return false;
  const digit = traceState.charCodeAt(dot + 1) - ZERO;
  return digit >= 0 && digit <= 9 && traceState.startsWith(PLAIN) && traceState.startsWith(spanId, PLAIN.length);
}

/** The n of `tracecourt=<span id>.<n>`, if the state names a hand-off of that span; not a number for one that nobody wrote so. */
export function handoffIn(traceState: string, spanId: string): number | undefined {
  if (isPlainState(traceState, spanId)) return traceState.charCodeAt(traceState.length - 1) - ZERO;
  if (!traceState.includes(STAMP_NAMES.handoff)) return undefined;
  for (const member of traceState.includes(',') ? traceState.split(',') : [traceState]) {
    const [key, value] = member.split('=');
    if (key?.trim() !== STAMP_NAMES.handoff) continue;
    const handoff = value?.trim() ?? '';
    if (!handoff.startsWith(spanId) || handoff[spanId.length] !== '.') return undefined;
    const digits = handoff.slice(spanId.length + 1);
    const n = Number(digits);
    return String(n) === digits ? n : Number.NaN;
  }
  return undefined;
}
