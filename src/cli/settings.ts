import { type Command, Option } from 'commander';
import {
  loadConfigFile,
  resolveSettings,
  SETTINGS,
  type SettingKey,
  type Settings,
  settingRow,
} from '../config/index.js';
import { splitAddress } from '../lib/address.js';
import { systemClock } from '../lib/clock.js';
import type { RunOptions, StoreAddresses } from '../orchestrator/index.js';
import type { Reporter } from '../report/index.js';

/** The stores' addresses: without one, a store is embedded. */
export const STORE_SETTINGS = [
  'neo4jUrl',
  'neo4jUser',
  'neo4jPassword',
  'neo4jDatabase',
  'redisUrl',
  'kafkaBrokers',
  'probeTimeoutMs',
] as const;

/** Adds the flags of settings to a command; their texts and defaults come from the table of settings. */
export function withSettings(command: Command, keys: readonly SettingKey[]): Command {
  for (const key of keys) command.addOption(optionOf(key));
  return command;
}

const VALUE_WORDS = { text: 'value', list: 'values', milliseconds: 'duration', port: 'port' } as const;

function optionOf(key: SettingKey): Option {
  const row = settingRow(key);
  const origin = [row.default === undefined ? [] : [`default: ${row.default}`], `env: ${row.env}`].flat().join(', ');
  return new Option(`${row.flag} <${VALUE_WORDS[row.kind]}>`, `${row.summary} (${origin})`);
}

/**
 * Flag, then file, then environment, then default. `flags` are a command's options; those that are no settings are left
 * alone. Throws TracecourtError `invalid-config` with all problems at once.
 */
export async function settingsOf(flags: object): Promise<Settings> {
  const given = new Map<string, unknown>(Object.entries(flags));
  const keys = Object.keys(SETTINGS) as SettingKey[];
  const set = keys.map((key) => [key, given.get(optionOf(key).attributeName())] as const);
  return resolveSettings({ flags: Object.fromEntries(set), file: await loadConfigFile(), env: process.env });
}

/** Where the stores are, and how long they may take. */
export function storeAddresses(settings: Settings): StoreAddresses {
  const { neo4jUrl, neo4jUser, neo4jPassword, neo4jDatabase, redisUrl, kafkaBrokers, probeTimeoutMs } = settings;
  return { neo4jUrl, neo4jUser, neo4jPassword, neo4jDatabase, redisUrl, kafkaBrokers, probeTimeoutMs };
}

export function runOptions(
  settings: Settings,
  own: {
    readonly cut: readonly string[];
    readonly bail?: boolean;
    readonly reporters: readonly Reporter[];
    readonly signal: AbortSignal;
  },
): RunOptions {
  return {
    stores: storeAddresses(settings),
    http: splitAddress(settings.http),
    exportTo: settings.exportTo,
    bundles: settings.bundleDir,
    rootQuietMs: settings.rootQuietMs,
    clock: systemClock,
    ...own,
  };
}
