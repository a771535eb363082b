import { dirname, resolve } from 'node:path';
import { wordOrder } from '../flow/index.js';
import type { CompiledFlow, RecordedExample } from '../model/index.js';
import { ambiguityWarnings, checkWord } from '../validators/index.js';
import { findingSentence, reasonSentence } from '../view/index.js';
import { checkRecorded } from './check-recorded.js';

/** One example of a flow, held against it. */
export interface FlowTestCase {
  readonly kind: 'accepts' | 'rejects' | 'recorded';
  readonly word?: string;
  readonly file?: string;
  readonly ok: boolean;
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
}

/** Holds a flow against its own examples: the words it accepts and rejects, and recorded requests, whose paths are relative to the flow's file. */
export async function testFlow(flow: CompiledFlow, flowFile: string): Promise<FlowTestResult> {
  const { accepts, rejects, recorded } = flow.examples;
  const cases = [
    ...accepts.map((word) => testWord(flow, 'accepts', word)),
    ...rejects.map((word) => testWord(flow, 'rejects', word)),
  ];
  for (const example of recorded) cases.push(await testRecorded(flow, example, dirname(flowFile)));
  const passed = cases.filter(({ ok }) => ok).length;
  return { passed, failed: cases.length - passed, cases, warnings: ambiguityWarnings(flow) };
}

function testWord(flow: CompiledFlow, kind: 'accepts' | 'rejects', word: string): FlowTestCase {
  const { conforms, cost, problems } = checkWord(flow, wordOrder(word));
  const ok = conforms === (kind === 'accepts');
  const explanation = problems.length > 0 ? problems.join('; ') : 'it conforms';
  return { kind, word, ok, cost, explanation };
}

async function testRecorded(flow: CompiledFlow, example: RecordedExample, folder: string): Promise<FlowTestCase> {
  const { file, request, verdict: expected, finding } = example;
  const judged = await checkRecorded(flow, { file: resolve(folder, file), request });
  const wrong = judged.filter(
    ({ verdict }) =>
      verdict.outcome !== expected || (finding !== undefined && !verdict.findings.some(({ code }) => code === finding)),
  );
  const told = (judged.length === 0 ? [] : wrong.length > 0 ? wrong : judged).flatMap(({ verdict }) => [
    ...verdict.findings.map(findingSentence),
    ...verdict.reasons.map(reasonSentence),
  ]);
  const nothing = request === undefined ? 'no request is in it' : `request ${request} is not in it`;
  return {
    kind: 'recorded',
    file,
    ok: judged.length > 0 && wrong.length === 0,
    cost: Math.max(0, ...judged.map(({ verdict }) => verdict.findings.length)),
    explanation: judged.length === 0 ? nothing : told.length === 0 ? 'it conforms' : told.join(' '),
  };
}
