import { dirname, resolve } from 'node:path';
import { TracecourtError } from '../errors.js';
import { matcherWarnings, wordOrder } from '../flow/index.js';
import type { CompiledFlow, FlowCoverage, RecordedExample, WorkflowTrace } from '../model/index.js';
import { ambiguityWarnings, checkWord } from '../validators/index.js';
import { findingSentence, reasonSentence } from '../view/index.js';
import { coverExamples } from './cover.js';
import { checkRecorded, type SiftedRecordings } from './sift-recorded.js';

/** One example of a flow, held against it. */
export interface FlowTestCase {
  readonly kind: 'accepts' | 'rejects' | 'recorded';
  readonly word?: string;
  readonly file?: string;
  readonly ok: boolean;
  /** True: what was recorded could not be read. */
  readonly unreadable?: true;
  /** How many occurrences have to go or to come for it to conform; 0 for one that conforms. */
  readonly cost: number;
  /** Why it does not conform, or why it is not what the flow says it is. */
  readonly explanation: string;
}

export interface FlowTestResult {
  readonly passed: number;
  readonly failed: number;
  readonly cases: readonly FlowTestCase[];
  readonly warnings: readonly string[];
  /** What of the flow its examples exercise; undefined where no word is accepted and nothing recorded. */
  readonly coverage: FlowCoverage | undefined;
}

/** Holds a flow against its own examples: the words it accepts and rejects, and recorded requests, whose paths are relative to the flow's file. */
export async function testFlow(flow: CompiledFlow, flowFile: string): Promise<FlowTestResult> {
  const { accepts, rejects, recorded } = flow.examples;
  const cases = [
    ...accepts.map((word) => testWord(flow, 'accepts', word)),
    ...rejects.map((word) => testWord(flow, 'rejects', word)),
  ];
  const requests: WorkflowTrace[] = [];
  for (const example of recorded) {
    const judged = await judgeRecorded(flow, example, dirname(flowFile));
    if (!(judged instanceof TracecourtError)) requests.push(...judged.checked.map(({ trace }) => trace));
    cases.push(judged instanceof TracecourtError ? unreadable(example, judged) : testRecorded(example, judged));
  }
  const passed = cases.filter(({ ok }) => ok).length;
  const coverage = accepts.length + requests.length > 0 ? coverExamples(flow, requests) : undefined;
  return { passed, failed: cases.length - passed, cases, warnings: warningsOf(flow), coverage };
}

/** What may make verdicts on the flow unknown, a sentence each. */
export function warningsOf(flow: CompiledFlow): readonly string[] {
  return [...matcherWarnings(flow), ...ambiguityWarnings(flow)];
}

function testWord(flow: CompiledFlow, kind: 'accepts' | 'rejects', word: string): FlowTestCase {
  const { conforms, cost, problems } = checkWord(flow, wordOrder(word));
  const ok = conforms === (kind === 'accepts');
  const explanation = problems.length > 0 ? problems.join('; ') : 'it conforms';
  return { kind, word, ok, cost, explanation };
}

/** One file that cannot be read keeps no other example from being tested. */
async function judgeRecorded(
  flow: CompiledFlow,
  { file, request }: RecordedExample,
  folder: string,
): Promise<SiftedRecordings | TracecourtError> {
  try {
    return await checkRecorded(flow, { file: resolve(folder, file), request });
  } catch (error) {
    if (error instanceof TracecourtError) return error;
    throw error;
  }
}

function unreadable({ file }: RecordedExample, { message }: TracecourtError): FlowTestCase {
  return { kind: 'recorded', file, ok: false, unreadable: true, cost: 0, explanation: message };
}

function testRecorded(
  { file, request, verdict: expected, finding }: RecordedExample,
  { checked: judged, leftAside }: SiftedRecordings,
): FlowTestCase {
  const wrong = judged.filter(
    ({ verdict }) =>
      verdict.outcome !== expected || (finding !== undefined && !verdict.findings.some(({ code }) => code === finding)),
  );
  const told = (judged.length === 0 ? [] : wrong.length > 0 ? wrong : judged).flatMap(({ verdict }) => [
    ...verdict.findings.map(findingSentence),
    ...verdict.reasons.map(reasonSentence),
  ]);
  const none = leftAside.length > 0 ? 'no request in it has a step of the flow' : 'no request is in it';
  const nothing = request === undefined ? none : `request ${request} is not in it`;
  return {
    kind: 'recorded',
    file,
    ok: judged.length > 0 && wrong.length === 0,
    cost: Math.max(0, ...judged.map(({ verdict }) => verdict.findings.length)),
    explanation: judged.length === 0 ? nothing : told.length === 0 ? 'it conforms' : told.join(' '),
  };
}
