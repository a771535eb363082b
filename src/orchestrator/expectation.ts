import {
  type DefectChannel,
  type ExpectedFinding,
  type Finding,
  type UnknownReasonCode,
  type Verdict,
  worstOutcome,
} from '../model/index.js';

/** What a request with planted defects must be judged: the table of the scenario, applied to one set of defects. */
export interface Expectation {
  readonly verdict: Verdict['outcome'];
  readonly findings: readonly ExpectedFinding[];
  readonly reasons: readonly { readonly code: UnknownReasonCode; readonly service: string | undefined }[];
}

/**
 * Without defects: a pass. With several, each one's finding or reason is there, unless a written pair hides it, and the verdict is the
 * worst of those that are to be seen. A name that the channel does not know adds nothing.
 */
export function expectationOf(channel: DefectChannel | undefined, defects: readonly string[]): Expectation {
  const planted = (channel?.known ?? []).filter(({ name }) => defects.includes(name));
  const pairs = (channel?.pairs ?? []).filter(({ of }) => of.every((name) => defects.includes(name)));
  const hidden = new Set(pairs.flatMap((pair) => pair.hidden));
  const visible = planted.filter(({ name }) => !hidden.has(name));
  return {
    verdict: visible.length === 0 ? 'pass' : worstOutcome(visible.map(({ verdict }) => verdict)),
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
  for (const awaited of expected.findings) {
    const isThere = verdict.findings.some((finding) => isAs(finding, awaited));
    if (!isThere) problems.push(`${named(awaited.code, awaited.step ?? awaited.service)} was not found`);
  }
  for (const { code, service } of expected.reasons) {
    const isThere = verdict.reasons.some(
      (reason) => reason.code === code && (!service || serviceOf(reason) === service),
    );
    if (!isThere) problems.push(`${named(code, service)} was not given as a reason`);
  }
  const surplus = verdict.findings.filter((finding) => !expected.findings.some((awaited) => isAs(finding, awaited)));
  for (const { code, step, service } of surplus) problems.push(`${named(code, step ?? service)} was found too`);
  return problems;
}

function isAs(finding: Finding, { code, step, service }: ExpectedFinding): boolean {
  return finding.code === code && finding.step === step && (service === undefined || finding.service === service);
}

function serviceOf(reason: Verdict['reasons'][number]): string | undefined {
  return 'service' in reason ? reason.service : undefined;
}

function named(code: string, about: string | undefined): string {
  return about === undefined ? code : `${code} (${about})`;
}
