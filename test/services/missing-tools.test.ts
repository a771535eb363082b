import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Machine } from './machine.js';
import { missingForTools } from './missing-tools.js';
import { TOOL_NAMES, toolFolder } from './tools.js';

function machine(programs: readonly string[], facts: Partial<Machine> = {}): Machine {
  return {
    platform: 'linux',
    isRoot: false,
    java: undefined,
    go: 26,
    has: (name) => programs.includes(name),
    ...facts,
  };
}

const debian = ['flock', 'apt-get', 'dpkg-deb'];

describe('what is missing to fetch the tools', () => {
  let root: string;
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'tracecourt-tools-'));
  });
  after(() => rmSync(root, { recursive: true }));

  const rows: readonly { what: string; on: Machine; says: readonly RegExp[] }[] = [
    { what: 'Debian with Go', on: machine(debian), says: [] },
    {
      what: 'no Go',
      on: machine(debian, { go: undefined }),
      says: [/^Go 1\.25 or newer is missing: the OpenTelemetry Collector/],
    },
    {
      what: 'an old Go',
      on: machine(debian, { go: 19 }),
      says: [/^Go 1\.25 or newer is needed, and this is Go 1\.19/],
    },
    {
      what: 'no apt-get',
      on: machine(['flock']),
      says: [/^Prometheus is missing.*PROMETHEUS_BINARY and PROMTOOL_BINARY/],
    },
    { what: 'no apt-get, but Prometheus on the PATH', on: machine(['flock', 'prometheus', 'promtool']), says: [] },
    { what: 'half a Prometheus on the PATH', on: machine(['flock', 'prometheus']), says: [/^Prometheus is missing/] },
    { what: 'no flock', on: machine(['apt-get', 'dpkg-deb']), says: [/^flock/] },
    {
      what: 'another system',
      on: machine([], { platform: 'darwin' }),
      says: [/needs Linux.*otelcol, telemetrygen, prometheus/],
    },
  ];
  for (const { what, on, says } of rows) {
    it(`${what}: ${says.length === 0 ? 'nothing' : 'a sentence with what to do'}`, () => {
      const sentences = missingForTools(on, TOOL_NAMES, root);
      expect(sentences).to.have.length(says.length);
      for (const [row, pattern] of says.entries()) expect(sentences[row]).to.match(pattern);
    });
  }

  it('nothing at all on a machine that has them already', () => {
    for (const tool of TOOL_NAMES) mkdirSync(toolFolder(root, tool));
    expect(missingForTools(machine([], { platform: 'darwin', go: undefined }), TOOL_NAMES, root)).to.deep.equal([]);
  });
});
