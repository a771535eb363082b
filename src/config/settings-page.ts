import { SETTING_KEYS, settingRow } from './settings.js';

/** docs/configuration.md, from the table of settings. */
export function renderSettingsPage(): string {
  const rows = SETTING_KEYS.map((key) => {
    const row = settingRow(key);
    const value = row.default === undefined ? '' : `\`${row.default}\``;
    return `| \`${key}\` | \`${row.flag}\` | \`${row.env}\` | ${value} | ${row.expected} | ${row.summary} |`;
  });
  return [
    '# Configuration',
    '',
    'A setting comes from its flag, else from `tracecourt.config.yaml` (by key), else from the environment, else it is the default.',
    '',
    '| key | flag | environment | default | expected | what it is |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
