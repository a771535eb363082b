import { type Finding, type Verdict, type WorkflowTrace, worseOutcome } from '../model/index.js';

/** What the sender was answered, beside what the scenario expects. */
export interface ExpectedAnswer {
  readonly status: number | undefined;
  readonly error: string | undefined;
  readonly expected: readonly number[];
}

/**
 * An answer that the scenario does not expect is a failure of the request as a whole. It rarely is the cause: where the
 * verdict has findings already, it is kept as a consequence of the first.
 */
export function withAnswer(verdict: Verdict, answer: ExpectedAnswer, trace: WorkflowTrace): Verdict {
  if (answer.status !== undefined && answer.expected.includes(answer.status)) return verdict;
  const finding = answerFinding(answer, trace);
  if (verdict.findings.length > 0) {
    return { ...verdict, consequences: [...verdict.consequences, { finding, explainedBy: 0 }] };
  }
  return { ...verdict, outcome: worseOutcome(verdict.outcome, 'fail'), findings: [finding] };
}

function answerFinding(answer: ExpectedAnswer, trace: WorkflowTrace): Finding {
  const root = trace.spans.find(({ parentSpanId }) => parentSpanId === undefined);
  const seen = answer.status === undefined ? `got no answer (${answer.error})` : `was answered ${answer.status}`;
  return {
    code: 'step-failed',
    step: undefined,
    service: undefined,
    store: undefined,
    spanId: root?.spanId,
    spanIds: root ? [root.spanId] : [],
    facts: { message: `it ${seen}, expected ${answer.expected.join(' or ')}` },
  };
}
