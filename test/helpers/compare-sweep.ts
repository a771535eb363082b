import { withCurrentNames } from '../../collectors/adjust/index.js';
import type { AssembledRequest, CompiledFlow, Verdict } from '../../src/model/index.js';
import { judgeInFull, openCase, readingOf } from '../../src/orchestrator/judge-evidence.js';
import { addressBook } from '../../src/orchestrator/name-peers.js';
import * as validators from '../../src/validators/index.js';

/** A request with the verdict that the full judge has on it. */
export interface JudgedInFull {
  readonly flow: CompiledFlow;
  readonly request: AssembledRequest;
  readonly full: Verdict;
}

export function judgedInFull(flow: CompiledFlow, trace: AssembledRequest): JudgedInFull {
  const request = { ...trace, spans: trace.spans.map(withCurrentNames) };
  return { flow, request, full: judgeInFull(openCase(flow, request, addressBook([])), []) };
}

/** What a sweep makes of the same request: the product's own, or one that a test gives. */
export function sweptOver(
  { flow, request }: JudgedInFull,
  { proveTrace, verdictOf }: Pick<typeof validators, 'proveTrace' | 'verdictOf'> = validators,
): Verdict | undefined {
  const proven = proveTrace(flow, request, readingOf(openCase(flow, request, addressBook([]))));
  return proven && verdictOf(request, { flow, proven });
}
