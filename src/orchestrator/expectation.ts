import {
  type DefectChannel,
  type FindingCode,
  type UnknownReasonCode,
  type Verdict,
  worstOutcome,
} from '../model/index.js';

/** What a request with planted defects must be judged: the table of the scenario, applied to one set of defects. */
export interface Expectation {
  readonly verdict: Verdict['outcome'];
  readonly findings: readonly { readonly code: FindingCode; readonly step: string | undefined }[];
  readonly reasons: readonly { readonly code: UnknownReasonCode; readonly service: string | undefined }[];
}

/**
 * Without defects: a pass. With several, the verdict is the worst of theirs and each one's finding or reason is there, unless a
 * written pair hides it. A name that the channel does not know adds nothing.
 */
export function expectationOf(channel: DefectChannel | undefined, defects: readonly string[]): Expectation {
  const planted = (channel?.known ?? []).filter(({ name }) => defects.includes(name));
  const pairs = (channel?.pairs ?? []).filter(({ of }) => of.every((name) => defects.includes(name)));
  const hidden = new Set(pairs.flatMap((pair) => pair.hidden));
  const visible = planted.filter(({ name }) => !hidden.has(name));
  return {
    verdict: planted.length === 0 ? 'pass' : worstOutcome(planted.map(({ verdict }) => verdict)),
    findings: visible.flatMap(({ finding }) => (finding ? [finding] : [])),
    reasons: visible.flatMap(({ reason }) => (reason ? [reason] : [])),
  };
}

/**
 * In which ways a verdict is not what was expected, a sentence each; empty when it is.
 *
 * Each expected finding and reason must be there, and no other finding.
 */
export function shortfalls(verdict: Verdict, expected: Expectation): readonly string[] {
  const problems: string[] = [];
  if (verdict.outcome !== expected.verdict)
    problems.push(`the verdict is ${verdict.outcome}, expected ${expected.verdict}`);
  if (expected.verdict === 'pass' && verdict.completedBy !== 'accounted') {
    problems.push(`completed by ${verdict.completedBy}, expected accounted`);
  }
  for (const { code, step } of expected.findings) {
    const isThere = verdict.findings.some((finding) => finding.code === code && finding.step === step);
    if (!isThere) problems.push(`${named(code, step)} was not found`);
  }
  for (const { code, service } of expected.reasons) {
    const isThere = verdict.reasons.some(
      (reason) => reason.code === code && (!service || serviceOf(reason) === service),
    );
    if (!isThere) problems.push(`${named(code, service)} was not given as a reason`);
  }
  const surplus = verdict.findings.filter(
    (finding) => !expected.findings.some(({ code, step }) => finding.code === code && finding.step === step),
  );
  for (const { code, step } of surplus) problems.push(`${named(code, step)} was found too`);
  return problems;
}

function serviceOf(reason: Verdict['reasons'][number]): string | undefined {
  return 'service' in reason ? reason.service : undefined;
}

function named(code: string, about: string | undefined): string {
  return about === undefined ? code : `${code} (${about})`;
}
