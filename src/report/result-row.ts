import type { RunEvent, RunEventOf, Verdict } from '../model/index.js';
import { evidenceLines, findingSentence, reasonSentence } from '../view/index.js';

/** One judged request as `--json` prints it. A stable schema: fields are only ever added. */
export interface ResultRow {
  readonly name: string;
  /** Whose request it is: requests of two scenarios may share a name. */
  readonly scenario: string;
  /** Planted defects, joined by `+`; null for none. */
  readonly defect: string | null;
  readonly requestId: string;
  readonly revision: number;
  readonly verdict: Verdict['outcome'];
  readonly findings: readonly FindingRow[];
  readonly reasons: readonly ReasonRow[];
  readonly completedBy: string | null;
  readonly durationMs: number;
  /** When it was certain that it fails, if it was before it was complete; milliseconds since it was sent. */
  readonly failedEarlyMs: number | null;
}

interface FindingRow {
  readonly code: string;
  readonly step: string | null;
  readonly service: string | null;
  readonly store: string | null;
  readonly spanId: string | null;
  /** What a person is told. */
  readonly message: string;
  readonly evidence: readonly string[];
}

interface ReasonRow {
  readonly code: string;
  readonly service: string | null;
  readonly count: number | null;
  readonly store: string | null;
  readonly message: string;
}

/** The rows of a run, in the order of the requests; a revised verdict takes the place of the one before. */
export function resultRows(events: readonly RunEvent[]): readonly ResultRow[] {
  const sent = new Map<string, RunEventOf<'request-sent'>>();
  const early = new Map<string, number>();
  const rows = new Map<string, ResultRow>();
  for (const event of events) {
    if (event.type === 'request-sent') sent.set(event.requestId, event);
    if (event.type === 'failed-early') early.set(event.requestId, event.openMs);
    if (event.type === 'verdict-reached') {
      const { requestId } = event.verdict;
      const defects = sent.get(requestId)?.defects ?? [];
      const failedEarlyMs = early.get(requestId);
      rows.set(
        requestId,
        resultRow(event.verdict, {
          name: event.request,
          scenario: event.scenario,
          defects,
          durationMs: event.durationMs,
          failedEarlyMs,
        }),
      );
    }
    const before = event.type === 'verdict-revised' ? rows.get(event.requestId) : undefined;
    if (event.type === 'verdict-revised' && before) {
      rows.set(event.requestId, { ...before, ...verdictFields(event.verdict) });
    }
  }
  return [...rows.values()];
}

export interface RowContext {
  readonly name: string;
  readonly scenario: string;
  readonly defects: readonly string[];
  readonly durationMs: number;
  readonly failedEarlyMs?: number | undefined;
}

export function resultRow(
  verdict: Verdict,
  { name, scenario, defects, durationMs, failedEarlyMs }: RowContext,
): ResultRow {
  return {
    name,
    scenario,
    defect: defects.length === 0 ? null : defects.join('+'),
    ...verdictFields(verdict),
    durationMs: tenths(durationMs),
    failedEarlyMs: failedEarlyMs === undefined ? null : tenths(failedEarlyMs),
  };
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

function verdictFields(
  verdict: Verdict,
): Omit<ResultRow, 'name' | 'scenario' | 'defect' | 'durationMs' | 'failedEarlyMs'> {
  return {
    requestId: verdict.requestId,
    revision: verdict.revision,
    verdict: verdict.outcome,
    findings: verdict.findings.map((finding) => ({
      code: finding.code,
      step: finding.step ?? null,
      service: finding.service ?? null,
      store: finding.store ?? null,
      spanId: finding.spanId ?? null,
      message: findingSentence(finding),
      evidence: evidenceLines(finding),
    })),
    reasons: verdict.reasons.map((reason) => ({
      code: reason.code,
      service: 'service' in reason ? reason.service : null,
      count: 'count' in reason ? reason.count : null,
      store: 'store' in reason ? reason.store : null,
      message: reasonSentence(reason),
    })),
    completedBy: verdict.completedBy ?? null,
  };
}
