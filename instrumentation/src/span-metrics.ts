/** Metrics made from ended spans, by the names of the semantic conventions where they have one. */
import { type Attributes, type Meter, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { STEP } from './wire-names.js';

/** Buckets in seconds, from a cache hit to a slow workflow. */
const BOUNDARIES = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Attributes of a store or messaging call that have few values. */
const CLIENT_LABELS = ['db.system.name', 'db.operation.name', 'messaging.system', 'messaging.operation.name'];

/**
 * Measures how long steps and calls of stores take:
 * - `tracecourt.step.duration` by step and outcome
 * - `db.client.operation.duration` and `messaging.client.operation.duration` by system and operation
 *
 * Seconds. Values of attributes become labels only where they are few.
 */
export function createMetricsProcessor(meter: Meter): SpanProcessor {
  const histogram = (name: string, description: string) =>
    meter.createHistogram(name, { description, unit: 's', advice: { explicitBucketBoundaries: BOUNDARIES } });
  const steps = histogram('tracecourt.step.duration', 'How long a step of the workflow took.');
  const stores = histogram('db.client.operation.duration', 'How long a call of a database took.');
  const messages = histogram('messaging.client.operation.duration', 'How long a call of a message broker took.');

  return {
    onStart: () => undefined,
    onEnd(span) {
      const outcome = span.status.code === SpanStatusCode.ERROR ? 'error' : 'ok';
      const step = span.attributes[STEP];
      if (typeof step === 'string') steps.record(secondsOf(span), { step, outcome });
      if ('db.system.name' in span.attributes) stores.record(secondsOf(span), { ...labelsOf(span), outcome });
      if ('messaging.system' in span.attributes) messages.record(secondsOf(span), { ...labelsOf(span), outcome });
    },
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
}

function secondsOf({ duration: [seconds, nanos] }: ReadableSpan): number {
  return seconds + nanos / 1e9;
}

function labelsOf({ attributes }: ReadableSpan): Attributes {
  return Object.fromEntries(CLIENT_LABELS.flatMap((name) => (name in attributes ? [[name, attributes[name]]] : [])));
}
