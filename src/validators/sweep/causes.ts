import type { Span } from '../../model/index.js';
import { answered, handoffIn, placeInLog } from '../flow/order-facts.js';
import { type Columns, MAX_POINTS } from './columns.js';

/** Where a message stands in its partition, by the span that sent it or works on it. */
interface Logged {
  readonly span: number;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** Messages are compared each with each. */
const MAX_LOGGED = 64;

/** What came of what beside parents: the hand-offs that were received, the answers that clients had, and messages of one partition by their offsets. */
export class Causes {
  /** By span: the hand-off that it received, as a point; or -1. */
  readonly received = new Int32Array(MAX_POINTS);
  /** By span: the last of the servers under it that answered it, or -1; and by server, the one before it. */
  readonly lastAnswer = new Int32Array(MAX_POINTS);
  readonly answerBefore = new Int32Array(MAX_POINTS);
  /** By span: 1 if it answered its parent. */
  readonly answers = new Uint8Array(MAX_POINTS);
  readonly #logged: Logged[] = [];

  /** False for a request with more messages than are worth comparing. */
  find(columns: Columns): boolean {
    const { spans, count, parent } = columns;
    const { received, answers, lastAnswer, answerBefore } = this;
    this.#logged.length = 0;
    received.fill(-1, 0, count);
    answers.fill(0, 0, count);
    lastAnswer.fill(-1, 0, count);
    for (let i = 0; i < count; i++) {
      const span = spans[i] as Span;
      this.#addLogged(i, span);
      const above = parent[i] as number;
      if (above < 0) continue;
      const cause = spans[above] as Span;
      received[i] = handoffOf(span, { cause: above, columns });
      if (!answered(cause, span)) continue;
      answers[i] = 1;
      answerBefore[i] = lastAnswer[above] as number;
      lastAnswer[above] = i;
    }
    return this.#logged.length <= MAX_LOGGED;
  }

  /** The spans that sent a message no later than the one that this span sent or works on; itself left out. */
  sendersUpTo(span: number, { spans }: Columns): readonly number[] {
    const own = this.#logged.find((each) => each.span === span);
    if (!own) return NOBODY;
    return this.#logged.flatMap((each) =>
      each.span !== span && isUpTo(each, own) && spans[each.span]?.kind === 'producer' ? [each.span] : [],
    );
  }

  #addLogged(i: number, span: Span): void {
    if (span.kind !== 'producer' && span.kind !== 'consumer') return;
    const place = placeInLog(span);
    if (place) this.#logged.push({ span: i, ...place });
  }
}

const NOBODY: readonly number[] = [];

function isUpTo(each: Logged, own: Logged): boolean {
  return each.topic === own.topic && each.partition === own.partition && each.offset <= own.offset;
}

function handoffOf(
  { traceState }: Span,
  { cause, columns }: { readonly cause: number; readonly columns: Columns },
): number {
  const first = columns.handoffs[cause] as number;
  const sent = (columns.handoffs[cause + 1] as number) - first;
  if (traceState === '' || sent === 0) return -1;
  const n = handoffIn(traceState, (columns.spans[cause] as Span).spanId);
  return n !== undefined && Number.isInteger(n) && n >= 1 && n <= sent ? first + n - 1 : -1;
}
