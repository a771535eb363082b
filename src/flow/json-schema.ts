import { z } from 'zod';
import { BINARY_RULES, CHOICE_RULES, COUNT_RULES, UNARY_RULES } from '../model/index.js';
import {
  budgetSchema,
  conditionSchema,
  effectSchemas,
  examplesSchema,
  forbiddenSchema,
  handoffsSchema,
  leaseSchema,
  outboxSchema,
  parameterSchema,
  placeSchema,
  repeatSchema,
  ruleOptions,
  sequenceSchema,
  settingSchemas,
  stepSchema,
  versionSchema,
  votesSchema,
} from './flow-schema.js';

const text = z.string().min(1);
const plain = z.union([z.string(), z.number(), z.boolean()]);

/** `5`, `3..5`, `2..*`, `*`, `+`, or a parameter in its place. */
const times = z.union([z.number().int().min(0), z.string().regex(/^(?:[*+]|\d+|\d+\.\.(?:\d+|\*))$|\$\{/)]);

/** Rounds are of a step or of a part of the order: one of the two. */
const rounds = z.strictObject({
  times,
  parallel: repeatSchema.shape.parallel,
  get between() {
    return node.optional();
  },
});

/** A node of the order. Its depth has no bound here; a file's has. */
const node: z.ZodType = z.lazy(() =>
  z.union([
    text,
    z.strictObject({ sequence: z.union([nodes, sequenceSchema.extend({ of: nodes })]) }),
    ...(['parallel', 'any-order', 'choice', 'any-of'] as const).map((kind) => z.strictObject({ [kind]: nodes })),
    z.strictObject({ optional: node }),
    z.strictObject({ repeat: z.union([rounds.extend({ step: text }), rounds.extend({ of: node })]) }),
    z.strictObject({ flow: text }),
    placeSchema,
    conditionSchema.extend({ ['then' as const]: node, else: node.optional() }),
  ]),
);
const nodes = z.array(node).min(1);

const pairOf = z.tuple([text, text]);
const ruleShapes: readonly (readonly [readonly string[], z.ZodType])[] = [
  [UNARY_RULES, text],
  [COUNT_RULES, z.tuple([text, z.union([z.number().int().min(0), z.string()])])],
  [CHOICE_RULES, z.array(text).min(2)],
  [[...BINARY_RULES, 'not-coexistence'], pairOf],
];
const rule = z.union(
  ruleShapes.flatMap(([kinds, shape]) =>
    kinds.map((kind) => z.strictObject({ [kind]: shape, ...(shape === pairOf ? ruleOptions : {}) })),
  ),
);

const effect = z.union(
  Object.entries(effectSchemas).map(([store, shape]) => z.strictObject({ [store]: shape as z.ZodType })),
);

const flowFile = z
  .strictObject({
    version: settingSchemas.version,
    flow: settingSchemas.flow,
    parameters: z.record(z.string(), z.union([plain, parameterSchema])).optional(),
    steps: z.record(
      z.string(),
      z.union([stepSchema.extend({ inside: node.optional(), attempts: times.optional() }), z.null()]),
    ),
    values: z.record(z.string(), text).optional(),
    order: node.optional(),
    flows: z.record(z.string(), node).optional(),
    rules: z.array(rule).optional(),
    budgets: z.record(z.string(), z.union([z.string(), budgetSchema])).optional(),
    invariants: z.record(z.string(), text).optional(),
    'forbidden-attributes': z.array(z.union([text, forbiddenSchema])).optional(),
    effects: z.record(z.string(), effect).optional(),
    votes: votesSchema.optional(),
    outbox: z.array(outboxSchema).optional(),
    leases: z.record(z.string(), leaseSchema).optional(),
    versions: z.record(z.string(), versionSchema).optional(),
    unexpected: settingSchemas.unexpected,
    trust: settingSchemas.trust,
    prove: settingSchemas.prove,
    handoffs: handoffsSchema.optional(),
    correlation: settingSchemas.correlation,
    examples: examplesSchema.optional(),
  })
  .meta({ title: 'Tracecourt flow', description: 'What a request must do: docs/flow.md explains each part.' });

/**
 * The shape of a flow file as a JSON Schema (draft 2020-12), for editors. It knows the keys and the types; that a step exists, that an expression can be
 * worked out, and what else is between parts, is known to the loader alone. So is what a `${…}` in place of a number, a truth or a word comes to.
 */
export function flowJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(flowFile, { target: 'draft-2020-12', reused: 'inline', io: 'input', override });
}

/** Where a number, a truth or a word out of several stands, a reference to a parameter may. */
function override({ jsonSchema }: { readonly jsonSchema: Record<string, unknown> }): void {
  const { type } = jsonSchema;
  const takesAnyText = type !== 'integer' && type !== 'number' && type !== 'boolean' && !('enum' in jsonSchema);
  if (takesAnyText || 'const' in jsonSchema) return;
  const itself = { ...jsonSchema };
  for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
  jsonSchema['anyOf'] = [itself, { type: 'string', pattern: '\\$\\{' }];
}
