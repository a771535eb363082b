import { wrapStep } from '@tracecourt/instrumentation';
import type { Way } from './interleaved.js';
import { type BenchTracing, byHand } from './wrapper-tracing.js';

export interface Case {
  readonly name: string;
  /** Bare, by hand, wrapped. */
  readonly ways: readonly Way[];
  /** Calls in one turn. */
  readonly times: number;
  /** Spans that one call has. */
  readonly steps?: number;
  readonly dispose?: () => Promise<unknown>;
}

interface Decision {
  readonly id: string;
  readonly members: readonly string[];
}

const decision: Decision = { id: 'd-4711', members: ['ada', 'grace', 'edsger'] };

/** Steps that do next to nothing: what is measured is the wrapper. */
export function stepCases({ tracer, inRequest }: BenchTracing): readonly Case[] {
  const sync = ({ id, members }: Decision) => ({ id, votes: members.length });
  const later = async ({ id, members }: Decision) => ({ id, votes: members.length });
  const wrappedSync = wrapStep('vote', sync);
  const wrappedLater = wrapStep('vote', later);
  const captured = wrapStep('vote', later, { input: true, output: true });
  const repeat = (work: () => unknown) => (times: number) =>
    inRequest(async () => {
      for (let i = 0; i < times; i++) await work();
    });
  const handSync = () =>
    tracer.startActiveSpan('vote', (span) => {
      try {
        return sync(decision);
      } finally {
        span.end();
      }
    });
  const handLater = () => byHand(tracer, { name: 'vote' }, () => later(decision));
  const handCaptured = () =>
    byHand(tracer, { name: 'vote' }, async (span) => {
      span.setAttribute('input', JSON.stringify(decision));
      const result = await later(decision);
      span.setAttribute('output', JSON.stringify(result));
      return result;
    });
  const caseOf = (
    name: string,
    [bare, hand, wrapped]: readonly [() => unknown, () => unknown, () => unknown],
  ): Case => ({
    name,
    times: 2000,
    ways: [
      { name: 'bare', run: repeat(bare) },
      { name: 'by hand', run: repeat(hand) },
      { name: 'wrapped', run: repeat(wrapped) },
    ],
  });
  return [
    caseOf('`wrapStep`, a function', [() => sync(decision), handSync, () => wrappedSync(decision)]),
    caseOf('`wrapStep`, an async function', [() => later(decision), handLater, () => wrappedLater(decision)]),
    caseOf('`wrapStep`, input and output captured', [() => later(decision), handCaptured, () => captured(decision)]),
  ];
}
