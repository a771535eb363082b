import { createAssembler } from '../../../collectors/index.js';
import type { AssembledRequest, CompiledFlow, Span, Verdict } from '../../../src/model/index.js';
import { assemblerOptions } from '../../../src/orchestrator/assembler-options.js';
import { judgeCase, type OpenedCase, openCase } from '../../../src/orchestrator/judge-evidence.js';
import { NOTHING_EARLIER } from '../../../src/orchestrator/left-over.js';
import { addressBook } from '../../../src/orchestrator/name-peers.js';
import { batchOfSpans } from '../../helpers/spans.js';
import type { Chance } from './perform.js';

const TIMES = { rootQuietMs: 500, idleMs: 5_000, deadlineMs: 60_000 };
const AFTER_ALL = 120_000_000_000n;

/** Sends spans through the assembler, in no order and in parts of any size, and judges the requests that come out. */
export function judgeSpans(
  spans: readonly Span[],
  { flow, chance }: { readonly flow: CompiledFlow; readonly chance: Chance },
): ReadonlyMap<string, Verdict> {
  const book = addressBook([]);
  const verdicts = new Map<string, Verdict>();
  for (const request of assemble(spans, { flow, chance })) {
    verdicts.set(request.requestId, judgeOne(openCase(flow, request, book)));
  }
  return verdicts;
}

/** Judges one request as long as it is open, after each part of its spans. */
export function judgeWhileOpen(
  spans: readonly Span[],
  { flow, chance }: { readonly flow: CompiledFlow; readonly chance: Chance },
): readonly Verdict[] {
  const assembler = createAssembler(assemblerOptions([flow], TIMES));
  const book = addressBook([]);
  const shuffled = inNoOrder(spans, chance);
  const verdicts: Verdict[] = [];
  let now = 0n;
  for (let i = 0; i < shuffled.length; ) {
    const size = 1 + chance.below(6);
    for (const id of assembler.add(batchOfSpans(shuffled.slice(i, i + size)), ++now)) {
      const open = assembler.snapshot(id);
      if (open?.completionStatus === 'open') verdicts.push(judgeOne(openCase(flow, open, book)));
    }
    i += size;
  }
  return verdicts;
}

function judgeOne(opened: OpenedCase): Verdict {
  return judgeCase(opened, { observations: [], answer: undefined, earlier: NOTHING_EARLIER });
}

function inNoOrder(spans: readonly Span[], chance: Chance): readonly Span[] {
  return spans
    .map((span) => ({ span, key: chance.next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ span }) => span);
}

function assemble(
  spans: readonly Span[],
  { flow, chance }: { readonly flow: CompiledFlow; readonly chance: Chance },
): readonly AssembledRequest[] {
  const assembler = createAssembler(assemblerOptions([flow], TIMES));
  const shuffled = inNoOrder(spans, chance);
  const newest = new Map<string, AssembledRequest>();
  const take = (now: bigint): void => {
    for (const request of assembler.takeDue(now)) newest.set(request.requestId, request);
  };
  let now = 0n;
  for (let i = 0; i < shuffled.length; ) {
    const size = 1 + chance.below(40);
    assembler.add(batchOfSpans(shuffled.slice(i, i + size)), ++now);
    take(now);
    i += size;
  }
  take(now + AFTER_ALL);
  return [...newest.values()];
}
