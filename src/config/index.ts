export { loadConfigFile, readConfigFile } from './load-config-file.js';
export { loadScenario, loadScenarioFile } from './load-scenario.js';
export { resolveSettings, type SettingSources } from './resolve-settings.js';
export { SETTINGS, type SettingKey, type Settings, settingRow } from './settings.js';
export { renderSettingsPage } from './settings-page.js';
