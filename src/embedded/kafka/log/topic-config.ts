import type { CompactionTerms } from './compaction.js';
import type { LogLimits } from './partition-log.js';

interface Setting {
  readonly usual: string;
  /** Whether this broker could keep to such a value. */
  readonly accepts: (value: string) => boolean;
}

const COUNT = /^\d{1,15}$/;
const POLICIES = ['delete', 'compact', 'compact,delete', 'delete,compact'];
const countOrNone = (value: string): boolean => value === '-1' || COUNT.test(value);

/**
 * The settings of a topic that this broker keeps to, with their defaults. Retention by time is a promise about what MAY be
 * gone, so keeping everything fulfils it. Any other setting is refused: it could not be kept.
 */
const SETTINGS: Readonly<Record<string, Setting>> = {
  'cleanup.policy': { usual: 'delete', accepts: (value) => POLICIES.includes(value) },
  'delete.retention.ms': { usual: '86400000', accepts: (value) => COUNT.test(value) },
  'max.message.bytes': { usual: '1048588', accepts: (value) => COUNT.test(value) },
  'min.cleanable.dirty.ratio': {
    usual: '0.5',
    accepts: (value) => value !== '' && Number(value) >= 0 && Number(value) <= 1,
  },
  'retention.bytes': { usual: '134217728', accepts: countOrNone },
  'retention.ms': { usual: '604800000', accepts: countOrNone },
  'segment.ms': { usual: '604800000', accepts: (value) => COUNT.test(value) && Number(value) > 0 },
};

const LARGEST_MESSAGE_BYTES = 8 * 1024 * 1024;
const LARGEST_RETENTION_BYTES = 1024 * 1024 * 1024;

export type TopicConfig = ReadonlyMap<string, string>;

export type ResolvedTopicConfig =
  | { readonly ok: true; readonly config: TopicConfig; readonly limits: LogLimits }
  | { readonly ok: false; readonly message: string };

/** The defaults, with `given` over them. */
export function resolveTopicConfig(
  given: readonly { readonly name: string; readonly value: string | null }[],
): ResolvedTopicConfig {
  const config = new Map(Object.entries(SETTINGS).map(([name, { usual }]) => [name, usual]));
  for (const { name, value } of given) {
    if (!Object.hasOwn(SETTINGS, name))
      return { ok: false, message: `Topic setting ${name} is not kept by this broker.` };
    if (value === null) continue;
    if (!SETTINGS[name]?.accepts(value)) return { ok: false, message: `Invalid value ${value} for ${name}.` };
    config.set(name, value);
  }
  return { ok: true, config, limits: limitsOf(config) };
}

export function isDefaultSetting(name: string, value: string): boolean {
  return SETTINGS[name]?.usual === value;
}

function limitsOf(config: TopicConfig): LogLimits {
  const policy = config.get('cleanup.policy') ?? '';
  const maxBatchBytes = Math.min(Number(config.get('max.message.bytes')), LARGEST_MESSAGE_BYTES);
  const compaction = policy.includes('compact') ? termsOf(config) : undefined;
  // Of a topic that is only compacted nothing may be lost because it is old.
  if (!policy.includes('delete')) {
    return { maxBatchBytes, compaction, retentionBytes: LARGEST_RETENTION_BYTES, whenFull: 'refuse' };
  }
  const retentionBytes = Number(config.get('retention.bytes'));
  return {
    maxBatchBytes,
    compaction,
    retentionBytes: retentionBytes === -1 ? LARGEST_RETENTION_BYTES : Math.min(retentionBytes, LARGEST_RETENTION_BYTES),
    whenFull: 'drop-oldest',
  };
}

function termsOf(config: TopicConfig): CompactionTerms {
  return {
    segmentMs: Number(config.get('segment.ms')),
    minDirtyRatio: Number(config.get('min.cleanable.dirty.ratio')),
    tombstoneMs: Number(config.get('delete.retention.ms')),
  };
}
