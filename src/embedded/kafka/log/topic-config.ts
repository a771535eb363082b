import type { LogLimits } from './partition-log.js';

/**
 * The settings of a topic that this broker keeps to, with their defaults. Compaction and retention by time are promises about
 * what MAY be gone, so keeping everything fulfils them. Any other setting is refused: it could not be kept.
 */
const DEFAULTS = {
  'cleanup.policy': 'delete',
  'max.message.bytes': '1048588',
  'retention.bytes': '134217728',
  'retention.ms': '604800000',
} as const;

const NUMBERS = ['max.message.bytes', 'retention.bytes', 'retention.ms'] as const;
const POLICIES = ['delete', 'compact', 'compact,delete', 'delete,compact'];
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
  const config = new Map<string, string>(Object.entries(DEFAULTS));
  for (const { name, value } of given) {
    const unkept = !config.has(name);
    if (unkept) return { ok: false, message: `Topic setting ${name} is not kept by this broker.` };
    if (value !== null) config.set(name, value);
  }
  const problem = problemOf(config);
  return problem ? { ok: false, message: problem } : { ok: true, config, limits: limitsOf(config) };
}

export function isDefaultSetting(name: string, value: string): boolean {
  return Object.entries(DEFAULTS).some(([known, usual]) => known === name && usual === value);
}

function problemOf(config: TopicConfig): string | undefined {
  const policy = config.get('cleanup.policy') ?? '';
  if (!POLICIES.includes(policy)) return `Invalid value ${policy} for cleanup.policy.`;
  const wrong = NUMBERS.find((name) => !/^(-1|\d{1,15})$/.test(config.get(name) ?? ''));
  return wrong && `Invalid value ${config.get(wrong)} for ${wrong}.`;
}

function limitsOf(config: TopicConfig): LogLimits {
  const retentionBytes = Number(config.get('retention.bytes'));
  return {
    maxBatchBytes: Math.min(Number(config.get('max.message.bytes')), LARGEST_MESSAGE_BYTES),
    retentionBytes: retentionBytes === -1 ? LARGEST_RETENTION_BYTES : Math.min(retentionBytes, LARGEST_RETENTION_BYTES),
  };
}
