import { parseDurationMs } from '../lib/duration.js';

interface SettingRow {
  readonly kind: 'text' | 'milliseconds' | 'list' | 'port';
  /** As it would be written; undefined: the setting may be absent. */
  readonly default: string | undefined;
  readonly env: string;
  readonly flag: string;
  /** What is expected, for messages and the docs. */
  readonly expected: string;
  readonly check: (text: string) => boolean;
  readonly secret?: true;
  readonly summary: string;
}

const isAddress = (text: string) => /^(\[[0-9a-fA-F:]+\]|[\w.-]+):\d{1,5}$/.test(text) && portOf(text) <= 65_535;
const isDuration = (text: string) => parseDurationMs(text) !== undefined;
const isPort = (text: string) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535;
const isText = (text: string) => text.length > 0;
const isUrl = (schemes: readonly string[]) => (text: string) =>
  URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1));

function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(':') + 1));
}

/** Every setting there is. Types, resolution, help and docs/configuration.md come from this table. */
export const SETTINGS = {
  http: {
    kind: 'text',
    default: '127.0.0.1:0',
    env: 'TRACECOURT_HTTP',
    flag: '--http',
    expected: 'an address like 127.0.0.1:4318',
    check: isAddress,
    summary: 'Where the collector listens for OTLP over HTTP. Port 0 takes any free one.',
  },
  exportTo: {
    kind: 'text',
    default: undefined,
    env: 'TRACECOURT_EXPORT_TO',
    flag: '--export-to',
    expected: 'a URL like http://127.0.0.1:4318',
    check: isUrl(['http', 'https']),
    summary:
      'Where the services send their spans: an OpenTelemetry Collector that passes them on. Without it, straight to the collector.',
  },
  neo4jUrl: {
    kind: 'text',
    default: undefined,
    env: 'NEO4J_URL',
    flag: '--neo4j-url',
    expected: 'a URL like bolt://127.0.0.1:7687',
    check: isUrl(['bolt', 'bolt+s', 'bolt+ssc', 'neo4j', 'neo4j+s', 'neo4j+ssc']),
    summary: 'The Neo4j to read. Without it, the embedded server.',
  },
  neo4jUser: {
    kind: 'text',
    default: undefined,
    env: 'NEO4J_USER',
    flag: '--neo4j-user',
    expected: 'a user name',
    check: isText,
    summary: 'Who reads Neo4j. Without it, no authentication.',
  },
  neo4jPassword: {
    kind: 'text',
    default: undefined,
    env: 'NEO4J_PASSWORD',
    flag: '--neo4j-password',
    expected: 'a password',
    check: isText,
    secret: true,
    summary: 'The password for it. Better in the environment than in a flag, which other users of the machine can see.',
  },
  neo4jDatabase: {
    kind: 'text',
    default: undefined,
    env: 'NEO4J_DATABASE',
    flag: '--neo4j-database',
    expected: 'a name',
    check: isText,
    summary: 'The database of it to read. Without it, the one that is home to the user.',
  },
  redisUrl: {
    kind: 'text',
    default: undefined,
    env: 'REDIS_URL',
    flag: '--redis-url',
    expected: 'a URL like redis://127.0.0.1:6379',
    check: isUrl(['redis', 'rediss']),
    secret: true,
    summary: 'The Redis to read. Without it, the embedded server.',
  },
  kafkaBrokers: {
    kind: 'list',
    default: undefined,
    env: 'KAFKA_BROKERS',
    flag: '--kafka-brokers',
    expected: 'addresses like 127.0.0.1:9092, separated by commas',
    check: isAddress,
    summary: 'The Kafka to read. Without it, the embedded broker.',
  },
  probeTimeoutMs: {
    kind: 'milliseconds',
    default: '5s',
    env: 'TRACECOURT_PROBE_TIMEOUT',
    flag: '--probe-timeout',
    expected: 'a duration like 300ms or 2s',
    check: isDuration,
    summary: 'How long a store, or an endpoint, may take to answer one question, connecting included.',
  },
  port: {
    kind: 'port',
    default: '4318',
    env: 'TRACECOURT_PORT',
    flag: '--port',
    expected: 'a port, or 0 for any free one',
    check: isPort,
    summary: 'Where `up` listens for OTLP over HTTP, on loopback.',
  },
  embeddedNeo4jPort: {
    kind: 'port',
    default: '7687',
    env: 'TRACECOURT_EMBEDDED_NEO4J_PORT',
    flag: '--embedded-neo4j-port',
    expected: 'a port, or 0 for any free one',
    check: isPort,
    summary: 'Where `up --embedded` puts the embedded graph.',
  },
  embeddedRedisPort: {
    kind: 'port',
    default: '6379',
    env: 'TRACECOURT_EMBEDDED_REDIS_PORT',
    flag: '--embedded-redis-port',
    expected: 'a port, or 0 for any free one',
    check: isPort,
    summary: 'Where `up --embedded` puts the embedded cache.',
  },
  embeddedKafkaPort: {
    kind: 'port',
    default: '9092',
    env: 'TRACECOURT_EMBEDDED_KAFKA_PORT',
    flag: '--embedded-kafka-port',
    expected: 'a port, or 0 for any free one',
    check: isPort,
    summary: 'Where `up --embedded` puts the embedded event log.',
  },
  rootQuietMs: {
    kind: 'milliseconds',
    default: '500ms',
    env: 'TRACECOURT_ROOT_QUIET',
    flag: '--root-quiet',
    expected: 'a duration like 300ms or 2s',
    check: isDuration,
    summary: 'Quiet time after the root span ended that completes a request whose services keep no accounts.',
  },
  quietMs: {
    kind: 'milliseconds',
    default: '5s',
    env: 'TRACECOURT_QUIET',
    flag: '--quiet-time',
    expected: 'a duration like 300ms or 2s',
    check: isDuration,
    summary: 'Quiet time that ends a request without a root span.',
  },
  deadlineMs: {
    kind: 'milliseconds',
    default: '60s',
    env: 'TRACECOURT_DEADLINE',
    flag: '--deadline',
    expected: 'a duration like 300ms or 2s',
    check: isDuration,
    summary: 'The longest that a request may stay open.',
  },
  bundleDir: {
    kind: 'text',
    default: '.tracecourt/runs',
    env: 'TRACECOURT_BUNDLES',
    flag: '--bundles',
    expected: 'a folder',
    check: isText,
    summary: 'Where each run leaves its bundle.',
  },
} as const satisfies Readonly<Record<string, SettingRow>>;

export type SettingKey = keyof typeof SETTINGS;

interface Kinds {
  readonly text: string;
  readonly milliseconds: number;
  readonly list: readonly string[];
  readonly port: number;
}

type Value<Row extends SettingRow> = Row['default'] extends string
  ? Kinds[Row['kind']]
  : Kinds[Row['kind']] | undefined;

/** All settings, resolved: complete and frozen. */
export type Settings = { readonly [Key in SettingKey]: Value<(typeof SETTINGS)[Key]> };

/** The keys in the order of the table. */
export const SETTING_KEYS = Object.keys(SETTINGS) as readonly SettingKey[];

/** One row, without the narrow types of the table. */
export function settingRow(key: SettingKey): SettingRow {
  return SETTINGS[key];
}
