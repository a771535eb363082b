import type { CompiledFlow, Finding, Verdict } from '../model/index.js';

/**
 * How long after completion a verdict may still change for the better, in milliseconds: 0 when nothing that may come can
 * repair it.
 *
 * What is missing under a proven completion waits for the settle period only, for a leak in the proof's hypotheses would show
 * by then as a late span. A topic that is not there may be news that has not reached the broker asked. Consumers commit their offsets after their spans end, so those get the effect's own time, as does
 * everything under a completion that was guessed.
 */
export function patienceMs(verdict: Verdict, flow: CompiledFlow): number {
  const proven = verdict.completedBy === 'accounted';
  const placesToCome = verdict.reasons.some(
    (reason) => reason.code === 'store-unreachable' && reason.kind === 'no-topic',
  );
  return Math.max(
    placesToCome ? SETTLE_MS : 0,
    ...verdict.findings.map((finding) => patienceWith(finding, { flow, proven })),
  );
}

/**
 * The steps whose message consumers have not committed yet, if that is all that stands between the verdict and a pass: nothing else need be looked at again.
 * Undefined where anything else is open or wrong.
 */
export function awaitedConsumption({ findings, consequences, reasons }: Verdict): ReadonlySet<string> | undefined {
  if (findings.length === 0 || consequences.length + reasons.length > 0) return undefined;
  const steps = new Set<string>();
  for (const { code, step } of findings) {
    if (code !== 'not-consumed' || step === undefined) return undefined;
    steps.add(step);
  }
  return steps;
}

export const SETTLE_MS = 250;

function patienceWith(
  finding: Finding,
  { flow, proven }: { readonly flow: CompiledFlow; readonly proven: boolean },
): number {
  const withinMs = flow.effects.find(({ step }) => step === finding.step)?.withinMs ?? SETTLE_MS;
  switch (finding.code) {
    case 'not-consumed':
      return withinMs;
    case 'missing-step':
    case 'span-without-effect':
    case 'outbox-gap':
    case 'orphan':
    case 'wrong-count':
    case 'rule-broken':
    case 'invariant-broken':
      return proven ? SETTLE_MS : Math.max(SETTLE_MS, withinMs);
    case 'vote-integrity':
      return finding.facts.problem === 'outcome-differs' && !finding.facts.outcomeStored ? SETTLE_MS : 0;
    case 'wrong-content':
      return proven ? 0 : withinMs;
    case 'unexpected-step':
    case 'wrong-order':
    case 'step-failed':
    case 'over-budget':
    case 'context-lost':
    case 'effect-without-span':
    case 'swallowed-error':
    case 'duplicate-effect':
    case 'double-grant':
    case 'stale-read':
    case 'forbidden-attribute':
      return 0;
    default:
      return finding satisfies never;
  }
}
