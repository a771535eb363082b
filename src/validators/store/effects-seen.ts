import {
  type Effect,
  type EffectFacts,
  type Evidence,
  type LeaseRule,
  leaseEffect,
  type ResolvedQuery,
  type StoredRecord,
  type StoreName,
  type StoreObservation,
  type TraceStep,
} from '../../model/index.js';

/** One effect of the flow beside its step and what its store showed. */
export interface EffectSeen {
  readonly effect: Effect;
  /** Undefined: nobody looked. */
  readonly observation: StoreObservation | undefined;
  /**
   * What the store holds; undefined when nobody looked, the store did not answer, or the step says that it left something in a
   * place that does not exist: nothing may be concluded then.
   */
  readonly records: readonly StoredRecord[] | undefined;
  /** The step's occurrences. */
  readonly steps: readonly TraceStep[];
  /** True if the step occurred, and one of its occurrences did not fail. */
  readonly happened: boolean;
  /** True if the store shows records and no span shows the step. */
  readonly isDark: boolean;
}

/** What the store of a lease rule showed of the grants, beside the step that grants. */
export interface LeaseSeen extends Pick<EffectSeen, 'observation' | 'records' | 'steps' | 'happened'> {
  readonly rule: LeaseRule;
}

/** Pairs each effect with the latest observation of it. */
export function seeEffects(
  evidence: Evidence,
  stepsNamed: (name: string) => readonly TraceStep[],
): readonly EffectSeen[] {
  return evidence.flow.effects.map((effect) => {
    const seen = lookUp(evidence, { effect: effect.step, store: effect.query.store });
    const steps = stepsNamed(effect.step);
    const happened = steps.some(succeeded);
    // Then who is wrong, the step or the flow?
    const isNowhere = happened && seen.observation?.status === 'read' && seen.observation.missing !== undefined;
    const records = isNowhere ? undefined : seen.records;
    const isDark = steps.length === 0 && records !== undefined && records.length > 0;
    return { effect, ...seen, records, steps, happened, isDark };
  });
}

/** Pairs each lease rule with the latest observation of its grants. */
export function seeLeases(
  evidence: Evidence,
  stepsNamed: (name: string) => readonly TraceStep[],
): readonly LeaseSeen[] {
  return evidence.flow.leases.map((rule) => {
    const steps = stepsNamed(rule.grantedBy);
    const seen = lookUp(evidence, { effect: leaseEffect(rule), store: rule.query.store });
    return { rule, ...seen, steps, happened: steps.some(succeeded) };
  });
}

function lookUp(
  { observations }: Evidence,
  { effect, store }: { readonly effect: string; readonly store: StoreName },
): Pick<EffectSeen, 'observation' | 'records'> {
  const observation = observations.findLast((each) => each.effect === effect && each.query.store === store);
  return { observation, records: observation?.status === 'read' ? observation.records : undefined };
}

function succeeded({ status }: TraceStep): boolean {
  return status !== 'error';
}

const MAX_SEEN = 3;

/** Where something was looked for, and a few of the records that were there. */
export function effectFacts({
  effect,
  observation,
  records,
}: Pick<EffectSeen, 'observation' | 'records'> & { readonly effect: Pick<Effect, 'query'> }): EffectFacts {
  return { where: describeQuery(observation?.query ?? effect.query), seen: (records ?? []).slice(0, MAX_SEEN) };
}

/** The key, the query, or the topic and key. */
export function describeQuery(query: ResolvedQuery | Effect['query']): string {
  switch (query.store) {
    case 'neo4j':
      return query.cypher;
    case 'redis':
      return query.key;
    case 'kafka':
      return `${query.topic} key ${query.key}`;
    default:
      return query satisfies never;
  }
}
