import type { Finding, LeaseRule, StoredRecord, UnknownReason } from '../../model/index.js';
import { type Checked, joinChecked, NOTHING_FOUND } from '../checked.js';
import type { Evaluate } from '../evaluate.js';
import { findingAbout } from '../finding-about.js';
import type { Subject } from '../subject.js';
import { effectFacts, type LeaseSeen } from './effects-seen.js';
import { type Grant, readGrant } from './grant.js';

/**
 * One resource was granted to more than it has room for: at one time more grants of it hold than its `capacity`, one of this request's among them.
 *
 * ```
 *   theirs   ├───────────────▶        all of it from one store
 *   ours           ├────▶             held twice from here on
 * ```
 *
 * A grant holds from its beginning until just before its end. Their times may come from different clocks: only what holds together for longer than `skew`
 * is a finding. Stands under any completion, and without a span of the step: the store is the witness.
 *
 * Cannot tell when the overlap is shorter than the clocks may differ, when a time cannot be worked out, or when none of the grants is this request's
 * though its step says that it granted one: those are reasons. Says nothing where the store did not answer, or holds nothing of the step at all.
 */
export function doubleGrant(subject: Subject, evaluate: Evaluate): Checked {
  return joinChecked(subject.leases.map((seen) => checkLease(subject, seen, evaluate)));
}

function checkLease(subject: Subject, seen: LeaseSeen, evaluate: Evaluate): Checked {
  const { rule, records } = seen;
  if (records === undefined) return NOTHING_FOUND;
  const { grants, problems } = readGrants(records, rule, (text, names) =>
    evaluate(text, { ...subject.evidence.scope, ...names }),
  );
  const holding = overbooked(
    grants.map((grant) => shortened(grant, rule.skewMs / 2)),
    rule.capacity,
  );
  if (holding) {
    const held = grants.filter(({ record }) => holding.some((grant) => grant.record === record));
    return { findings: [finding(subject, seen, held)], reasons: [] };
  }
  if (overbooked(grants, rule.capacity)) {
    problems.add(`grants of the ${rule.name} hold together, but no longer than clocks may differ (${rule.skewMs} ms)`);
  }
  if (!grants.some(({ ours }) => ours) && isGranted(subject, seen)) {
    problems.add(
      `none of the ${records.length} grants of the ${rule.name} that were read is this request's (${rule.ours})`,
    );
  }
  const steps = [rule.grantedBy];
  const reasons = [...problems].map((detail): UnknownReason => ({ code: 'undecided', about: 'effect', steps, detail }));
  return { findings: [], reasons };
}

type Ask = Parameters<typeof readGrant>[2];

function readGrants(
  records: readonly StoredRecord[],
  rule: LeaseRule,
  ask: Ask,
): { readonly grants: readonly Grant[]; readonly problems: Set<string> } {
  const grants: Grant[] = [];
  const problems = new Set<string>();
  for (const record of records) {
    const grant = readGrant(record, rule, ask);
    if ('problem' in grant) problems.add(grant.problem);
    else grants.push(grant);
  }
  return { grants, problems };
}

/** As far as the step's own effect does not show that it left nothing: that is a finding of its own. */
function isGranted({ effects }: Subject, { rule, happened }: LeaseSeen): boolean {
  return happened && !effects.some(({ effect, records }) => effect.step === rule.grantedBy && records?.length === 0);
}

/** What is certain of a grant whose times may be off by this much. */
function shortened(grant: Grant, byMs: number): Grant {
  return { ...grant, fromMs: grant.fromMs + byMs, untilMs: grant.untilMs - byMs };
}

/** The grants that hold at the first moment at which they are too many, one of ours among them. */
function overbooked(grants: readonly Grant[], capacity: number): readonly Grant[] | undefined {
  const begun = grants.filter(({ fromMs, untilMs }) => fromMs < untilMs).sort((a, b) => a.fromMs - b.fromMs);
  let holding: readonly Grant[] = [];
  for (const next of begun) {
    holding = [...holding.filter(({ untilMs }) => untilMs > next.fromMs), next];
    if (holding.length > capacity && holding.some(({ ours }) => ours)) return holding;
  }
  return undefined;
}

function finding(subject: Subject, seen: LeaseSeen, held: readonly Grant[]): Finding {
  const { rule, steps } = seen;
  const ours = held.filter((grant) => grant.ours);
  const records = [...ours, ...held.filter((grant) => !grant.ours)].map(({ record }) => record);
  const untilMs = Math.min(...held.map((grant) => grant.untilMs));
  return findingAbout(subject, 'double-grant', {
    about: { step: rule.grantedBy, occurrences: steps, store: rule.query.store },
    facts: {
      ...effectFacts({ effect: rule, observation: seen.observation, records }),
      resource: rule.name,
      capacity: rule.capacity,
      holding: held.length,
      ours: ours.length,
      fromMs: Math.max(...held.map((grant) => grant.fromMs)),
      untilMs: untilMs === Infinity ? null : untilMs,
    },
  });
}
