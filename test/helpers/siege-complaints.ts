import type { Finding, RunEventOf, StoreName, StoreObservation, Verdict } from '../../src/model/index.js';
import { EXIT_CODES } from '../../src/orchestrator/index.js';
import type { StoreProbe } from '../../src/stores/index.js';
import type { SiegeReport } from './siege.js';

/** What a passed request must have left, and where it was seen: nobody passes without all of it. */
const MUST_BE_SEEN: Readonly<Record<string, readonly string[]>> = {
  approve: ['graph-write', 'cache-write', 'event-publish', 'notification'],
  reject: ['rejection-notice'],
  'no-capacity': ['no-capacity'],
};

/** What the death of a store can truly do to a request. Anything else would be an accusation of somebody who is innocent. */
const TRUE_FINDINGS: readonly Finding['code'][] = ['step-failed', 'missing-step', 'not-consumed', 'over-budget'];

/** A read that was under way when the store died may have been answered, and a judge on a busy machine may hear of it late. */
const SLACK_NANOS = 1_000_000_000n;

/**
 * What is wrong with what a run said of itself though one of its stores was killed; nothing, if it was honest. `alive` are probes
 * of the other stores, which are asked whether what is said to be missing there is missing.
 */
export async function complaintsAbout(
  report: SiegeReport,
  alive: ReadonlyMap<StoreName, StoreProbe>,
): Promise<readonly string[]> {
  const cases = casesOf(report);
  const unheard = cases.length === 0 ? ['no request was judged'] : [];
  const told = await Promise.all(cases.map((judged) => aboutCase(judged, report, alive)));
  return [...unheard, ...told.flat(), ...aboutExit(report, cases)];
}

interface Judged {
  readonly request: string;
  readonly verdict: Verdict;
  readonly observations: readonly StoreObservation[];
  readonly answer: RunEventOf<'request-answered'> | undefined;
}

/** Each request with its last verdict and what it rests on. */
function casesOf({ events }: SiegeReport): readonly Judged[] {
  return events.flatMap((event) => {
    if (event.type !== 'verdict-reached') return [];
    const { requestId } = event.verdict;
    const revised = events.findLast((other) => other.type === 'verdict-revised' && other.requestId === requestId);
    const verdict = revised?.type === 'verdict-revised' ? revised.verdict : event.verdict;
    const observations = events.flatMap((other) =>
      other.type === 'store-observed' && other.requestId === requestId && other.revision === verdict.revision
        ? [other.observation]
        : [],
    );
    const answer = events.find((other) => other.type === 'request-answered' && other.requestId === requestId);
    return [
      {
        request: event.request,
        verdict,
        observations,
        answer: answer?.type === 'request-answered' ? answer : undefined,
      },
    ];
  });
}

async function aboutCase(
  judged: Judged,
  report: SiegeReport,
  alive: ReadonlyMap<StoreName, StoreProbe>,
): Promise<readonly string[]> {
  const { request, verdict, observations } = judged;
  const say = (what: string) => `${request} (${verdict.outcome}): ${what}`;
  const complaints: string[] = [];
  for (const seen of observations) {
    const isLate = seen.observedAtUnixNano > report.killedAt + SLACK_NANOS;
    if (seen.query.store === report.store && isLate && seen.status === 'read')
      complaints.push(say(`${seen.effect} was read of a dead store`));
    if (seen.query.store !== report.store && seen.status !== 'read')
      complaints.push(say(`${seen.effect} was not read, though ${seen.query.store} lives`));
  }
  if (verdict.outcome === 'pass') complaints.push(...unseen(judged).map((step) => say(`passed without ${step}`)));
  const isAway = observations.some(({ status }) => status === 'unreachable');
  const isTold = verdict.reasons.some(({ code }) => code === 'store-unreachable');
  if (isAway !== isTold)
    complaints.push(say(isAway ? 'a store that was away is no reason' : 'a store that answered is a reason'));
  if (verdict.outcome === 'unknown' && !isTold) {
    complaints.push(say(`unknown for ${verdict.reasons.map(({ code }) => code)}, not for the store`));
  }
  for (const finding of verdict.findings) {
    const lie = await untruth(finding, judged, alive);
    if (lie !== undefined) complaints.push(say(`${finding.code}(${finding.step ?? ''}): ${lie}`));
  }
  return complaints;
}

function unseen({ request, observations }: Judged): readonly string[] {
  const [kind = ''] = request.split(/-\d+$/);
  const steps = MUST_BE_SEEN[kind] ?? [`any idea of what ${kind} must leave`];
  return steps.filter(
    (step) => !observations.some((seen) => seen.effect === step && seen.status === 'read' && seen.records.length === 1),
  );
}

/** Why a finding is not true, as far as somebody else can tell. */
async function untruth(
  finding: Finding,
  { observations, answer }: Judged,
  alive: ReadonlyMap<StoreName, StoreProbe>,
): Promise<string | undefined> {
  if (!TRUE_FINDINGS.includes(finding.code)) return 'no death of a store does that';
  if (finding.code === 'step-failed' && finding.step === undefined) {
    return answer?.error === undefined && answer?.status === undefined ? 'nobody knows of its answer' : undefined;
  }
  const seen = observations.find(({ effect }) => effect === finding.step);
  const probe = seen && alive.get(seen.query.store);
  if (seen === undefined || probe === undefined) return undefined;
  const again = await probe.observe(seen);
  if (again.status !== 'read') return `cannot be looked up: ${again.reason}`;
  if (finding.code === 'missing-step' && again.records.length > 0) return 'what it leaves is there';
  if (finding.code === 'not-consumed') {
    const isConsumed = again.records.every(
      (record) =>
        record.store === 'kafka' &&
        record.groups.every(({ committedOffset }) => BigInt(committedOffset ?? 0) > BigInt(record.offset)),
    );
    if (isConsumed) return 'it is consumed';
  }
  return undefined;
}

/** The exit code has to be the one that the documentation gives to what happened. */
function aboutExit(report: SiegeReport, cases: readonly Judged[]): readonly string[] {
  const ended = report.events.find((event) => event.type === 'run-ended');
  const failure = ended?.type === 'run-ended' ? ended.failure : undefined;
  const outcomes = cases.map(({ verdict }) => verdict.outcome);
  const complaints: string[] = [];
  const away = failure ? EXIT_CODES.unavailable : EXIT_CODES.unknown;
  const expected = outcomes.includes('fail')
    ? EXIT_CODES.fail
    : failure || outcomes.includes('unknown')
      ? away
      : EXIT_CODES.pass;
  if (report.exitCode !== expected) complaints.push(`exit code ${report.exitCode}, not ${expected}`);
  if (failure !== undefined && failure.code !== 'store-unavailable')
    complaints.push(`the run ended with ${failure.code}: ${failure.message}`);
  if (failure === undefined && outcomes.some((outcome) => outcome !== 'pass'))
    complaints.push('nobody said that a store is away');
  if (/^ {4}at /m.test(report.stderr)) complaints.push(`a stack trace: ${report.stderr}`);
  if (report.left.length > 0) complaints.push(`left behind: ${report.left}`);
  return complaints;
}
