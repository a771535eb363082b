import { ValueType } from '@opentelemetry/api';
import { hrTime } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  DataPointType,
  type GaugeMetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics';
import { consumerLags } from './kafka-lag.js';
import { INSTRUMENTATION_NAME, INSTRUMENTATION_VERSION } from './scope.js';

/**
 * Produces `tracecourt.kafka.consumer.lag` by group, topic and partition.
 *
 * A gauge of the SDK goes on telling the last value of what is observed no more; a partition that a consumer has given up has
 * no lag.
 */
export function createLagProducer(resource: Resource): MetricProducer {
  const scope = { name: INSTRUMENTATION_NAME, version: INSTRUMENTATION_VERSION };
  return {
    collect: async () => {
      const metrics = [lagMetric()].filter(({ dataPoints }) => dataPoints.length > 0);
      return { resourceMetrics: { resource, scopeMetrics: [{ scope, metrics }] }, errors: [] };
    },
  };
}

function lagMetric(): GaugeMetricData {
  const now = hrTime();
  return {
    descriptor: {
      name: 'tracecourt.kafka.consumer.lag',
      description: 'Messages that a consumer had before it, as its last fetch showed.',
      unit: '{message}',
      valueType: ValueType.INT,
    },
    dataPointType: DataPointType.GAUGE,
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPoints: consumerLags().map(({ group, topic, partition, messages }) => ({
      startTime: now,
      endTime: now,
      attributes: {
        'messaging.consumer.group.name': group,
        'messaging.destination.name': topic,
        'messaging.destination.partition.id': String(partition),
      },
      value: messages,
    })),
  };
}
