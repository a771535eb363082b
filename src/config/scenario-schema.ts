import { z } from 'zod';
import { parseDurationMs } from '../lib/duration.js';
import { exactly } from '../lib/schema-problems.js';
import { defectsSchema } from './read-defects.js';

const name = z.string().regex(/^[A-Za-z][\w-]{0,99}$/, { error: 'a name of letters, digits, - and _' });
const text = z.string().min(1);
const duration = z.string().transform((value, context) => {
  const ms = parseDurationMs(value);
  if (ms !== undefined) return ms;
  context.addIssue({ code: 'custom', message: 'a duration like 300ms, 2s or PT2S' });
  return z.NEVER;
});
const status = z.number().int().min(100).max(599);
const plain = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const httpSchema = exactly({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']).default('GET'),
  url: text,
  headers: z.record(z.string(), plain).default({}),
  body: z.unknown().optional(),
  status: z.union([status.transform((one) => [one]), z.array(status).min(1)]).default([200]),
});

/** The shape of a scenario file; paths and references are checked after it. */
export const scenarioSchema = exactly({
  version: z.literal(1),
  scenario: name,
  flow: text,
  defects: defectsSchema.optional(),
  start: z
    .array(
      exactly({
        name,
        command: z.tuple([text], z.string()),
        environment: z.record(z.string(), plain).default({}),
      }),
    )
    .default([]),
  health: z.record(z.string(), text).default({}),
  requests: z.array(exactly({ name, http: httpSchema })).min(1),
  timeouts: exactly({
    start: duration.default(20_000),
    request: duration.default(60_000),
    quiet: duration.default(5_000),
  }).prefault({}),
});

export type ScenarioShape = z.infer<typeof scenarioSchema>;
