import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { loadConfigFile, readConfigFile, renderSettingsPage, resolveSettings } from '../../src/config/index.js';

describe('settings', () => {
  it('come from the flag, else the file, else the environment, else the default', () => {
    const env = { TRACECOURT_BUNDLES: 'env', REDIS_URL: 'redis://h:1', KAFKA_BROKERS: 'a:1, b:2', NEO4J_URL: '' };
    const settings = resolveSettings({
      flags: { bundleDir: 'flag' },
      file: { bundleDir: 'file', quietMs: '300ms' },
      env,
    });
    expect(settings).to.include({
      bundleDir: 'flag',
      quietMs: 300,
      redisUrl: 'redis://h:1',
      neo4jUrl: undefined,
      http: '127.0.0.1:0',
    });
    expect(settings.kafkaBrokers).to.deep.equal(['a:1', 'b:2']);
    expect(Object.isFrozen(settings)).to.equal(true);
    expect(resolveSettings({ flags: {}, file: { bundleDir: 'file' }, env }).bundleDir).to.equal('file');
  });

  it('tell all problems at once, and no secrets', () => {
    const sources = {
      flags: { htp: 'x', http: 'nowhere' },
      file: {},
      env: { REDIS_URL: 'http://secret', NEO4J_URL: 'x' },
    };
    expect(() => resolveSettings(sources))
      .to.throw(
        /4 problems[\s\S]*did you mean "http"[\s\S]*--http: expected an address[\s\S]*NEO4J_URL[\s\S]*REDIS_URL/,
      )
      .with.property('code', 'invalid-config');
    expect(() => resolveSettings(sources)).not.to.throw(/secret/);
  });

  it('are read from a file, with the place of an unknown one', async () => {
    expect(readConfigFile('quietMs: 1s\n', 'c.yaml')).to.deep.equal({ quietMs: '1s' });
    expect(readConfigFile('', 'c.yaml')).to.deep.equal({});
    expect(() => readConfigFile('http: a:1\nquitMs: 1s', 'c.yaml')).to.throw(
      'c.yaml:2:1  unknown setting "quitMs", did you mean "quietMs"?',
    );
    expect(await loadConfigFile('/nonexistent/tracecourt.config.yaml')).to.deep.equal({});
  });

  it('are what docs/configuration.md says', async () => {
    expect(await readFile('docs/configuration.md', 'utf8')).to.equal(renderSettingsPage());
  });
});
