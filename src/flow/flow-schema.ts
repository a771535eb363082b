import { z } from 'zod';
import { exactly } from '../lib/schema-problems.js';
import { CLIENT_SYSTEMS, SPAN_KINDS } from '../model/index.js';

/** The shapes of a flow file's parts. What refers from one part to another is checked after them. */
const name = z.string().min(1);
const positive = z.number().int().min(1);
const plain = z.union([z.string(), z.number(), z.boolean()]);
/** `5`, `3..5`, `2..*`, `*`, `+`. */
const times = z.union([z.string(), z.number().int()]);

export const TOP_LEVEL_KEYS = [
  'version',
  'flow',
  'parameters',
  'steps',
  'values',
  'order',
  'flows',
  'rules',
  'budgets',
  'invariants',
  'forbidden-attributes',
  'effects',
  'votes',
  'outbox',
  'leases',
  'versions',
  'unexpected',
  'trust',
  'prove',
  'handoffs',
  'correlation',
  'examples',
] as const;

export const valueTestSchema = z.union([
  plain,
  exactly({
    is: plain.optional(),
    not: plain.optional(),
    'one-of': z.array(plain).min(1).optional(),
    like: name.optional(),
    contains: plain.optional(),
    above: z.number().optional(),
    below: z.number().optional(),
    'at-least': z.number().optional(),
    'at-most': z.number().optional(),
    present: z.boolean().optional(),
    empty: z.boolean().optional(),
  }),
]);

export const stepSchema = exactly({
  service: name.optional(),
  span: name.optional(),
  kind: z.enum(SPAN_KINDS).optional(),
  client: z.enum(CLIENT_SYSTEMS).optional(),
  operation: name.optional(),
  key: name.optional(),
  label: name.optional(),
  topic: name.optional(),
  group: name.optional(),
  method: name.optional(),
  route: name.optional(),
  status: z.enum(['ok', 'error', 'unset']).optional(),
  message: name.optional(),
  attributes: z.record(z.string(), valueTestSchema).optional(),
  json: z.record(z.string(), z.record(z.string(), valueTestSchema)).optional(),
  nested: z.enum(['outermost', 'each']).optional(),
  'may-fail': z.boolean().optional(),
  attempts: times.optional(),
  hedged: z.boolean().optional(),
  inside: z.unknown().optional(),
});

/** The operators whose argument is a map; the others take a list or one part of the order. */
export const repeatSchema = exactly({
  step: name.optional(),
  of: z.unknown().optional(),
  times,
  parallel: z.boolean().optional(),
  between: z.unknown().optional(),
});
export const sequenceSchema = exactly({ by: z.enum(['start', 'end']).optional(), of: z.array(z.unknown()).min(1) });
export const placeSchema = exactly({ step: name, under: name.optional() });
/** Not written out as a key: an object with a member of this name looks like a promise. */
const THEN = 'then';
export const conditionSchema = exactly({ if: name, [THEN]: z.unknown(), else: z.unknown().optional() });

export const ruleOptions = {
  when: name.optional(),
  where: name.optional(),
  within: z.string().optional(),
} as const;

export const budgetSchema = exactly({
  'at-most': z.string().optional(),
  'at-least': z.string().optional(),
  per: z.enum(['occurrence', 'attempt']).optional(),
});

export const forbiddenSchema = exactly({
  name: name.optional(),
  value: name.optional(),
  service: name.optional(),
});

export const parameterSchema = exactly({
  default: plain.optional(),
  'one-of': z.array(plain).min(1).optional(),
  about: name.optional(),
});

export const recordedSchema = exactly({
  file: name,
  request: name.optional(),
  verdict: z.enum(['pass', 'fail', 'unknown']).optional(),
  finding: name.optional(),
});

export const examplesSchema = exactly({
  accepts: z.array(name).optional(),
  rejects: z.array(name).optional(),
  recorded: z.array(z.union([name, recordedSchema])).optional(),
});

const common = {
  count: z.number().int().min(0).optional(),
  expect: name.optional(),
  parent: name.optional(),
  within: z.string().optional(),
};

export const effectSchemas = {
  neo4j: exactly({ cypher: name, ...common }),
  redis: exactly({ key: name, ...common }),
  kafka: exactly({ topic: name, key: name, 'consumed-by': z.array(name).optional(), ...common }),
} as const;

export const votesSchema = exactly({
  step: name,
  vote: name,
  voter: name.optional(),
  needed: positive,
  of: positive,
  outcome: name,
});

/** What to read of a store, without what to make of it. */
const querySchemas = {
  neo4j: exactly({ cypher: name }).optional(),
  redis: exactly({ key: name }).optional(),
  kafka: exactly({ topic: name, key: name }).optional(),
} as const;

export const leaseSchema = exactly({
  'granted-by': name,
  ...querySchemas,
  ours: name,
  from: name,
  until: name,
  capacity: positive.optional(),
  skew: z.string().optional(),
});

const stepOrSteps = z.union([name, z.array(name).min(1)]);

export const versionSchema = exactly({
  'written-by': stepOrSteps,
  'read-by': stepOrSteps,
  version: name,
  key: name.optional(),
});

export const outboxSchema = exactly({ commit: name, publish: name });

export const handoffsSchema = exactly({
  consumers: z.record(z.string(), z.number().int().min(0)).optional(),
  uninstrumented: z.array(name).optional(),
});

export const settingSchemas = {
  version: z.literal(1),
  flow: z.string().regex(/^[A-Za-z0-9][\w.-]{0,99}$/, { error: 'a name of letters, digits, dots, - and _' }),
  unexpected: z.enum(['allow', 'report', 'forbid']).optional(),
  trust: z.enum(['accounted', 'quiet']).optional(),
  prove: z.boolean().optional(),
  correlation: z.array(name).optional(),
} as const;
