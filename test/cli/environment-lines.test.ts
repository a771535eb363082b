import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { environmentFile, exportLines, shownVariables } from '../../src/cli/environment-lines.js';

const AWKWARD = { PLAIN: 'http://127.0.0.1:1', EMPTY: '', SPACED: 'a b', QUOTED: "it's $HOME", LIST: 'a:1,b:2' };

describe('the environment of a service', () => {
  it('can be pasted into a shell as it is', () => {
    const script = `${exportLines(AWKWARD).join('\n')}\nnode -e 'console.log(JSON.stringify(process.env))'`;
    const { stdout } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
    expect(JSON.parse(stdout)).to.include(AWKWARD);
  });

  it('can be read by node --env-file, secrets included', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tracecourt-env-'));
    const file = join(folder, 'service.env');
    const variables = { ...AWKWARD, NEO4J_PASSWORD: 'p#a=s s', REDIS_URL: 'redis://:hush@h:1' };
    writeFileSync(file, environmentFile(variables));
    const args = [`--env-file=${file}`, '-e', 'console.log(JSON.stringify(process.env))'];
    const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', env: {} });
    expect(JSON.parse(stdout)).to.include(variables);
    rmSync(folder, { recursive: true });
  });

  it('is shown without secrets', () => {
    const variables = { NEO4J_PASSWORD: 'hush', REDIS_URL: 'redis://:hush@h:1', KAFKA_BROKERS: 'h:2' };
    expect(shownVariables(variables)).to.deep.equal({ KAFKA_BROKERS: 'h:2' });
    expect(exportLines(variables)).to.deep.equal([
      '# NEO4J_PASSWORD: as you have it',
      '# REDIS_URL: as you have it',
      'export KAFKA_BROKERS=h:2',
    ]);
    expect(exportLines({ NEO4J_PASSWORD: '' })).to.deep.equal(['export NEO4J_PASSWORD=']);
  });
});
