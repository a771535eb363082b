import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from './repository.js';

export interface ToyScenario {
  readonly file: string;
  remove(): void;
}

export const SAYS_READY = `
  const server = require('node:http').createServer(answer).listen(0, '127.0.0.1', () =>
    console.log(JSON.stringify({ ready: true, http: 'http://127.0.0.1:' + server.address().port })));
  process.stdin.on('end', () => process.exit(0)).resume();`;

/** A scenario of one service, `toy`, that is the given program; one request is sent to it, and patience is long. */
export function toyScenario(program: string): ToyScenario {
  const folder = mkdtempSync(join(tmpdir(), 'tracecourt-toy-'));
  const file = join(folder, 'toy.scenario.yaml');
  const scenario = {
    version: 1,
    scenario: 'toy',
    flow: join(repositoryRoot, 'examples/gpu-allocation/gpu-allocation.flow.yaml'),
    start: [{ name: 'toy', command: ['node', '-e', program] }],
    requests: [{ name: 'toy', http: { method: 'GET', url: '${toy.http}/', status: 200 } }],
    timeouts: { start: '60s', request: '60s', quiet: '1s' },
  };
  writeFileSync(file, JSON.stringify(scenario)); // every JSON document is a YAML document
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
