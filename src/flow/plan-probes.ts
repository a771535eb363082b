import { toJson } from '../lib/json.js';
import { oncePer } from '../lib/once-per.js';
import {
  type CompiledFlow,
  type EffectQuery,
  type ExpressionScope,
  leaseEffect,
  type ProbeRequest,
  type ResolvedQuery,
  type StoredValue,
} from '../model/index.js';
import { fillText, referencesIn } from './value-references.js';

/** What to read from the stores for one request. */
export interface ProbePlan {
  readonly requests: readonly ProbeRequest[];
  /** Effects that cannot be looked for, with the values that are absent. */
  readonly unplanned: readonly UnplannedEffect[];
}

export interface UnplannedEffect {
  readonly effect: string;
  readonly missing: readonly string[];
}

/** All that a flow wants to read from the stores: its effects, then the grants of its leases. */
export function storeReads(flow: CompiledFlow): readonly { readonly effect: string; readonly query: EffectQuery }[] {
  const effects = flow.effects.map(({ step, query }) => ({ effect: step, query }));
  const leases = flow.leases.map((lease) => ({ effect: leaseEffect(lease), query: lease.query }));
  return [...effects, ...leases];
}

/** The same, with the names of the values that each needs. */
const namedReads = oncePer((flow: CompiledFlow) =>
  storeReads(flow).map((read) => {
    const references = Object.values(referencesIn(read.query)).flat();
    return { ...read, names: [...new Set(references.map(({ name }) => name))] };
  }),
);

/** Every effect is either requested, also where its step did not happen, or unplanned because a value it needs is absent. */
export function planProbes(flow: CompiledFlow, scope: ExpressionScope): ProbePlan {
  const requests: ProbeRequest[] = [];
  const unplanned: UnplannedEffect[] = [];
  for (const { effect, query, names } of namedReads(flow)) {
    const missing = names.filter((name) => !Object.hasOwn(scope.values, name));
    if (missing.length > 0) unplanned.push({ effect, missing });
    else requests.push({ effect, query: resolve(query, { names, values: scope.values }) });
  }
  return { requests, unplanned };
}

interface Known {
  readonly names: readonly string[];
  readonly values: ExpressionScope['values'];
}

function resolve(query: EffectQuery, { names, values }: Known): ResolvedQuery {
  const fill = (text: string) => fillText(text, (name) => asText(values[name] ?? null));
  switch (query.store) {
    case 'neo4j':
      return { ...query, parameters: Object.fromEntries(names.map((name) => [name, values[name] ?? null])) };
    case 'redis':
      return { ...query, key: fill(query.key) };
    case 'kafka':
      return { ...query, topic: fill(query.topic), key: fill(query.key) };
    default:
      return query satisfies never;
  }
}

function asText(value: StoredValue): string {
  return typeof value === 'object' ? toJson(value) : String(value);
}
