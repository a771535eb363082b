import { TracecourtError } from '../errors.js';
import { parseDurationMs } from '../lib/duration.js';
import { likelyWord } from '../lib/likely-word.js';
import { SETTING_KEYS, type SettingKey, type Settings, settingRow } from './settings.js';

/** Where settings come from; the first that has one wins: flags, file, environment, default. */
export interface SettingSources {
  /** By key of the table; undefined counts as absent. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly file: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

interface Found {
  /** As the user would find it: flag, key of the file, or variable. */
  readonly from: string;
  readonly value: unknown;
}

/**
 * The complete settings, frozen. Throws TracecourtError `invalid-config` that names all unknown keys and all values that are not
 * what was expected, each with its source. An empty environment variable counts as absent. Values of secrets are not in messages.
 */
export function resolveSettings(sources: SettingSources): Settings {
  const problems = [
    ...unknownKeys('flag', sources.flags),
    ...unknownKeys('key of the configuration file', sources.file),
  ];
  const settings: Record<string, unknown> = {};
  for (const key of SETTING_KEYS) {
    const found = find(key, sources);
    const value = found === undefined ? undefined : parse(key, found.value);
    if (found !== undefined && value === undefined) problems.push(complaint(key, found));
    settings[key] = value;
  }
  if (problems.length > 0) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    const message = [`the configuration is not valid: ${count}`, ...problems.map((one) => `  ${one}`)].join('\n');
    throw new TracecourtError('invalid-config', message, { nextStep: 'docs/configuration.md lists every setting.' });
  }
  return Object.freeze(settings) as Settings;
}

function unknownKeys(what: string, given: Readonly<Record<string, unknown>>): readonly string[] {
  const known: readonly string[] = SETTING_KEYS;
  return Object.keys(given)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const likely = likelyWord(key, known);
      return `unknown ${what} "${key}"${likely === undefined ? '' : `, did you mean "${likely}"?`}`;
    });
}

function find(key: SettingKey, { flags, file, env }: SettingSources): Found | undefined {
  const row = settingRow(key);
  const variable = env[row.env];
  const places: readonly Found[] = [
    { from: row.flag, value: flags[key] },
    { from: key, value: file[key] },
    { from: row.env, value: variable === '' ? undefined : variable },
    { from: 'default', value: row.default },
  ];
  return places.find((place) => place.value !== undefined);
}

function parse(key: SettingKey, value: unknown): string | number | readonly string[] | undefined {
  const row = settingRow(key);
  switch (row.kind) {
    case 'text':
      return typeof value === 'string' && row.check(value) ? value : undefined;
    case 'milliseconds':
      return typeof value === 'string' && row.check(value) ? parseDurationMs(value) : undefined;
    case 'port':
      return row.check(String(value)) ? Number(value) : undefined;
    case 'list': {
      const items: readonly unknown[] = Array.isArray(value) ? value : String(value).split(',');
      const texts = items.map((item) => (typeof item === 'string' ? item.trim() : ''));
      return texts.length > 0 && texts.every(row.check) ? Object.freeze(texts) : undefined;
    }
    default:
      return row.kind satisfies never;
  }
}

function complaint(key: SettingKey, { from, value }: Found): string {
  const row = settingRow(key);
  const got = row.secret ? 'something else' : JSON.stringify(value);
  return `${from}: expected ${row.expected}, got ${got}`;
}
