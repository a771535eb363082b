import { z } from 'zod';
import { exactly } from '../lib/schema-problems.js';
import { CLIENT_SYSTEMS, SPAN_KINDS } from '../model/index.js';

/** The shapes of a flow file's parts. What refers from one part to another is checked after them. */
const name = z.string().min(1);
const positive = z.number().int().min(1);

export const TOP_LEVEL_KEYS = [
  'version',
  'flow',
  'steps',
  'values',
  'order',
  'budgets',
  'effects',
  'votes',
  'outbox',
  'unexpected',
  'trust',
  'prove',
  'handoffs',
  'correlation',
] as const;

export const stepSchema = exactly({
  service: name.optional(),
  span: name.optional(),
  kind: z.enum(SPAN_KINDS).optional(),
  client: z.enum(CLIENT_SYSTEMS).optional(),
  operation: name.optional(),
  key: name.optional(),
  topic: name.optional(),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  nested: z.enum(['outermost', 'each']).optional(),
  'may-fail': z.boolean().optional(),
});

export const repeatSchema = exactly({
  step: name,
  times: z.union([z.string(), z.number().int()]),
  parallel: z.boolean().optional(),
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
