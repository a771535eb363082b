import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { TracecourtError } from '../../src/errors.js';
import { pollUntil } from '../../src/lib/deadline.js';
import type { ServiceStart } from '../../src/model/index.js';
import { type ServiceHost, startService } from '../../src/orchestrator/service-process.js';
import { repositoryRoot } from '../helpers/repository.js';

const SERVE_UNTIL_STDIN_CLOSES = `
  console.log('starting');
  console.log(JSON.stringify({ ready: true, http: 'http://127.0.0.1:1', greeting: process.env.GREETING }));
  process.stdin.on('end', () => process.exit(0)).resume();`;

function nodeService(script: string, environment: Record<string, string> = {}): ServiceStart {
  return { name: 'toy', command: ['node', '-e', script], cwd: repositoryRoot, environment };
}

function host(overrides: Partial<ServiceHost> = {}): ServiceHost {
  return {
    environment: {},
    timeoutMs: 10_000,
    signal: new AbortController().signal,
    onUnexpectedExit: () => undefined,
    ...overrides,
  };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function failureOf(start: Promise<unknown>): Promise<TracecourtError> {
  const error: unknown = await start.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(TracecourtError);
  return error as TracecourtError;
}

describe('startService', () => {
  it('gives what the ready line says, and hands the environment on', async () => {
    await using service = await startService(nodeService(SERVE_UNTIL_STDIN_CLOSES, { GREETING: 'hello' }), host());
    expect(service.facts).to.deep.equal({ http: 'http://127.0.0.1:1', greeting: 'hello' });
  });

  it('ends the process when disposed, without calling that unexpected', async () => {
    const exits: string[] = [];
    const service = await startService(
      nodeService(SERVE_UNTIL_STDIN_CLOSES),
      host({ onUnexpectedExit: (exit) => exits.push(exit) }),
    );
    await service[Symbol.asyncDispose]();
    expect(isRunning(service.pid)).to.equal(false);
    expect(exits).to.deep.equal([]);
  });

  it('ends a process that does not care about its standard input', async () => {
    const service = await startService(
      nodeService(`console.log('{"ready":true}'); setInterval(() => {}, 1000)`),
      host(),
    );
    await service[Symbol.asyncDispose]();
    expect(isRunning(service.pid)).to.equal(false);
  });

  it('says how a service ended that never got ready, with its last lines', async () => {
    const error = await failureOf(startService(nodeService(`console.error('no database'); process.exit(7)`), host()));
    expect(error.exitCode).to.equal(4);
    expect(error.message).to.include('Service toy exited with code 7').and.include('no database');
  });

  it('says what it waited for when a service never says that it is ready, and leaves nothing running', async () => {
    const error = await failureOf(
      startService(
        nodeService(`console.log(process.pid); process.stdin.on('end', () => process.exit()).resume()`),
        host({ timeoutMs: 4_000 }),
      ),
    );
    expect(error.message).to.include('was not ready within 4000 ms');
    const pid = Number(error.message.trim().split(/\s+/).at(-1));
    expect(isRunning(pid)).to.equal(false);
  });

  it('names a program that does not exist', async () => {
    const error = await failureOf(startService({ ...nodeService(''), command: ['no-such-program'] }, host()));
    expect(error.message).to.include('could not be started').and.include('no-such-program');
  });

  it('tells of a service that dies while it is needed', async () => {
    const exits: string[] = [];
    const script = `process.on('SIGUSR2', () => process.exit(9)); process.stdin.resume(); console.log('{"ready":true}')`;
    await using service = await startService(
      nodeService(script),
      host({ onUnexpectedExit: (exit) => exits.push(exit) }),
    );
    process.kill(service.pid, 'SIGUSR2');
    await pollUntil(async () => (exits.length > 0 ? true : undefined), { timeoutMs: 30_000, everyMs: 10 });
    expect(exits).to.deep.equal(['exited with code 9']);
    expect(service.hasEnded()).to.equal(true);
  });

  it('leaves no orphan when its own process is killed', async () => {
    const build = new URL('../../src/orchestrator/service-process.js', import.meta.url).href;
    const parent = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { startService } from ${JSON.stringify(build)};
         const service = await startService(${JSON.stringify(nodeService(SERVE_UNTIL_STDIN_CLOSES))}, { environment: {}, timeoutMs: 10000, signal: new AbortController().signal, onUnexpectedExit() {} });
         console.log(service.pid);`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [chunk] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(chunk.toString());
    expect(isRunning(pid)).to.equal(true);
    parent.kill('SIGKILL');
    const gone = await pollUntil(async () => (isRunning(pid) && !isZombie(pid) ? undefined : true), {
      timeoutMs: 30_000,
      everyMs: 20,
    });
    expect(gone).to.equal(true);
  });
});

/** In a container without an init, a child whose parent was killed stays in the process table. */
function isZombie(pid: number): boolean {
  try {
    return execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .startsWith('Z');
  } catch {
    return true;
  }
}
