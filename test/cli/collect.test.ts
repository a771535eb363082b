import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import { repositoryRoot } from '../helpers/repository.js';
import { embeddedEnvironment, tracecourt } from '../helpers/tracecourt.js';

async function startCollect() {
  const child = spawn(process.execPath, ['bin/tracecourt.js', 'collect', '--http', '127.0.0.1:0', '--json'], {
    cwd: repositoryRoot,
    env: embeddedEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const exited = once(child, 'exit');
  return {
    ready: JSON.parse(line) as { readonly ready: boolean; readonly http: string },
    async stop() {
      child.kill('SIGINT');
      const [code] = (await exited) as [number | null];
      return code;
    },
  };
}

describe('tracecourt collect', () => {
  it('says where it listens, on loopback, and stops cleanly on Ctrl-C', async () => {
    const collect = await startCollect();
    expect(collect.ready.ready).to.equal(true);
    expect(collect.ready.http).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${collect.ready.http}/healthz`)).status).to.equal(200);
    expect(await collect.stop()).to.equal(0);
  });

  it('answers garbage with 400 and a Status, and goes on', async () => {
    const collect = await startCollect();
    const post = (body: string, type: string) =>
      fetch(`${collect.ready.http}/v1/traces`, { method: 'POST', body, headers: { 'content-type': type } });
    const answer = await post('{"resourceSpans":', 'application/json');
    expect(answer.status).to.equal(400);
    expect(await answer.json())
      .to.have.property('message')
      .that.is.a('string');
    expect((await post('\xff\xff\xff', 'application/x-protobuf')).status).to.equal(400);
    expect((await fetch(`${collect.ready.http}/readyz`)).status).to.equal(200);
    expect(await collect.stop()).to.equal(0);
  });

  it('names an address that is taken, and the flag', async () => {
    const collect = await startCollect();
    const { host } = new URL(collect.ready.http);
    const second = await tracecourt(['collect', '--http', host]);
    expect(second.exitCode).to.equal(3);
    expect(second.stderr).to.include('port-in-use').and.include(host).and.include('--http');
    await collect.stop();
  });
});
