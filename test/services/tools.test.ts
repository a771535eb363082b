import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readRepositoryFile } from '../helpers/repository.js';
import { GO_PINS } from './pins.js';
import { findProgram, TOOL_NAMES, toolEnvironment, toolFolder, toolsWithoutAddress } from './tools.js';

const ALL = { OTELCOL_BINARY: 'a', TELEMETRYGEN_BINARY: 'b', PROMETHEUS_BINARY: 'c', PROMTOOL_BINARY: 'd' };

describe('the tools that the launcher fetches', () => {
  it('are those of which the environment does not say where they are, wholly', () => {
    expect(toolsWithoutAddress({})).to.deep.equal(TOOL_NAMES);
    expect(toolsWithoutAddress({ ...ALL, PROMTOOL_BINARY: '', OTELCOL_BINARY: undefined })).to.deep.equal([
      'otelcol',
      'prometheus',
    ]);
    expect(toolsWithoutAddress(ALL)).to.deep.equal([]);
  });

  it('are told a variable a program, in its folder or on the PATH', () => {
    expect(toolEnvironment('prometheus', '/tools')).to.deep.equal({
      PROMETHEUS_BINARY: '/tools/prometheus',
      PROMTOOL_BINARY: '/tools/promtool',
    });
    expect(toolEnvironment('prometheus')).to.deep.equal({
      PROMETHEUS_BINARY: 'prometheus',
      PROMTOOL_BINARY: 'promtool',
    });
  });

  it('are found where the environment says, else where an earlier fetch has put them, else not', () => {
    const root = mkdtempSync(join(tmpdir(), 'tracecourt-tools-'));
    const find = (environment: Record<string, string>) => findProgram('OTELCOL_BINARY', { environment, root });
    try {
      expect(find({ OTELCOL_BINARY: '/mine' })).to.equal('/mine');
      expect(find({})).to.equal(undefined);
      const folder = toolFolder(root, 'otelcol');
      mkdirSync(folder);
      writeFileSync(join(folder, 'otelcol'), '');
      expect(find({})).to.equal(join(folder, 'otelcol'));
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});

describe('what the OpenTelemetry Collector is built from', () => {
  const manifest = readRepositoryFile('test/services/otel-collector/manifest.yaml');
  const modules = readRepositoryFile('test/services/otel-collector/go.mod');
  const checksums = readRepositoryFile('test/services/otel-collector/go.sum');
  const parts = [...manifest.matchAll(/gomod: (\S+) (\S+)/g)].map(([, module = '', version = '']) => ({
    module,
    version,
  }));

  it('is one release throughout: that of its builder', () => {
    expect(parts.length).to.be.greaterThan(5);
    const versions = parts.filter(({ module }) => !module.includes('/confmap/')).map(({ version }) => version);
    expect(new Set(versions)).to.deep.equal(new Set([`v${GO_PINS.collector}`]));
    expect(manifest).to.include(`version: ${GO_PINS.collector}\n`);
    expect(readRepositoryFile('docs/real-services.md')).to.include(`/cmd/builder@v${GO_PINS.collector} `);
  });

  it('is pinned with checksums: each part in go.mod and go.sum, in the same version', () => {
    for (const { module, version } of parts) {
      expect(modules).to.include(`\t${module} ${version}\n`);
      expect(checksums).to.include(`${module} ${version} h1:`);
    }
  });
});
