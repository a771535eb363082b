import { createAssembler } from '../../../collectors/index.js';
import type { AssembledRequest, CompiledFlow, Span, Verdict } from '../../../src/model/index.js';
import { assemblerOptions } from '../../../src/orchestrator/assembler-options.js';
import { judgeCase, openCase } from '../../../src/orchestrator/judge-evidence.js';
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
    const opened = openCase(flow, request, book);
    verdicts.set(
      request.requestId,
      judgeCase(opened, { observations: [], answer: undefined, earlier: NOTHING_EARLIER }),
    );
  }
  return verdicts;
}

function assemble(
  spans: readonly Span[],
  { flow, chance }: { readonly flow: CompiledFlow; readonly chance: Chance },
): readonly AssembledRequest[] {
  const assembler = createAssembler(assemblerOptions([flow], TIMES));
  const shuffled = spans
    .map((span) => ({ span, key: chance.next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ span }) => span);
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
