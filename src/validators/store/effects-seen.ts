import type {
  Effect,
  EffectFacts,
  Evidence,
  ResolvedQuery,
  StoredRecord,
  StoreObservation,
  TraceStep,
} from '../../model/index.js';

/** One effect of the flow beside its step and what its store showed. */
export interface EffectSeen {
  readonly effect: Effect;
  /** Undefined: nobody looked. */
  readonly observation: StoreObservation | undefined;
  /** What the store holds; undefined when nobody looked or the store did not answer: nothing may be concluded then. */
  readonly records: readonly StoredRecord[] | undefined;
  /** The step's occurrences. */
  readonly steps: readonly TraceStep[];
  /** True if the step occurred, and one of its occurrences did not fail. */
  readonly happened: boolean;
  /** True if the store shows records and no span shows the step. */
  readonly isDark: boolean;
}

/** Pairs each effect with the latest observation of it. */
export function seeEffects(
  evidence: Evidence,
  stepsNamed: (name: string) => readonly TraceStep[],
): readonly EffectSeen[] {
  return evidence.flow.effects.map((effect) => {
    const observation = evidence.observations.findLast(
      (each) => each.effect === effect.step && each.query.store === effect.query.store,
    );
    const records = observation?.status === 'read' ? observation.records : undefined;
    const steps = stepsNamed(effect.step);
    return {
      effect,
      observation,
      records,
      steps,
      happened: steps.some(({ status }) => status !== 'error'),
      isDark: steps.length === 0 && records !== undefined && records.length > 0,
    };
  });
}

const MAX_SEEN = 3;

/** Where the effect was looked for, and a few of the records that were there. */
export function effectFacts({ effect, observation, records }: EffectSeen): EffectFacts {
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
