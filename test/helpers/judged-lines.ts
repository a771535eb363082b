import { loadFlow } from '../../src/flow/index.js';
import type { Verdict } from '../../src/model/index.js';
import { judgeAlone, openCase } from '../../src/orchestrator/judge-evidence.js';
import { type TraceOptions, traceOf } from './evidence.js';

/** The verdict on a request in the notation of `traceOf`, by a flow as a file spells it, without its first two lines. */
export async function judgedLines(flow: string, lines: string, options: TraceOptions = {}): Promise<Verdict> {
  const compiled = await loadFlow(`version: 1\nflow: f\n${flow}\n`, 'f.yaml');
  return judgeAlone(openCase(compiled, traceOf(lines, options), new Map()), []);
}

/** Its outcome, then its findings, or the reasons why it is not known. */
export function wordsOf({ outcome, findings, reasons }: Verdict): string {
  const found = findings.map(({ code, step }) => (step === undefined ? code : `${code}(${step})`));
  return [outcome, ...found, ...(findings.length > 0 ? [] : reasons.map(({ code }) => code))].join(' ');
}
