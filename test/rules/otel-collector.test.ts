import { expect } from 'chai';
import { parse } from 'yaml';
import { readRepositoryFile } from '../helpers/repository.js';

const text = readRepositoryFile('otel-collector.yaml');
const variables = [...text.matchAll(/\$\{env:(\w+):-([^}]*)\}/g)].map(([, name = '', value = '']) => ({ name, value }));

interface Pipeline {
  readonly receivers: readonly string[];
  readonly exporters: readonly string[];
}

interface CollectorFile {
  readonly receivers: object;
  readonly processors: object;
  readonly exporters: object;
  readonly connectors: object;
  readonly extensions: object;
  readonly service: { readonly pipelines: Readonly<Record<string, Pipeline>>; readonly extensions: readonly string[] };
}

const file = parse(text) as CollectorFile;

describe('otel-collector.yaml', () => {
  it('listens on loopback and sends to loopback, unless its environment says otherwise', () => {
    const addresses = variables.filter(({ value }) => /:\d+$/.test(value));
    expect(addresses.length).to.be.greaterThan(5);
    for (const { name, value } of addresses) expect(value, name).to.match(/^(http:\/\/)?127\.0\.0\.1:\d+$/);
    expect(text).not.to.match(/0\.0\.0\.0|localhost|\[::\]/);
  });

  it('takes each address, and each port, for one thing', () => {
    const ports = variables.flatMap(({ value }) => /(\d{4,5})$/.exec(value)?.[1] ?? []);
    expect(ports.length).to.be.greaterThan(5);
    expect(new Set(ports).size).to.equal(ports.length);
  });

  it('fans spans out to Tracecourt, Jaeger and Prometheus, and uses whatever it configures', () => {
    const { traces, metrics } = file.service.pipelines;
    expect(traces?.exporters).to.have.members(['otlp_http/tracecourt', 'otlp_http/jaeger', 'span_metrics']);
    expect(metrics).to.deep.equal({ receivers: ['span_metrics'], exporters: ['prometheus'] });
    const used = JSON.stringify(file.service);
    const parts = [file.receivers, file.processors, file.exporters, file.connectors, file.extensions];
    for (const name of parts.flatMap((part) => Object.keys(part))) expect(used).to.include(`"${name}"`);
  });

  it('has its variables and their defaults in docs/opentelemetry-collector.md, and no others', () => {
    const rows = readRepositoryFile('docs/opentelemetry-collector.md').matchAll(/^\| (`[A-Z_`, ]+`) \| (`[^|]+`) \|/gm);
    const documented = [...rows].flatMap(([, names = '', values = '']) => {
      const defaults = words(values);
      return words(names).map((name, i) => ({ name, value: defaults[i] }));
    });
    expect(documented).to.have.deep.members(variables);
  });
});

function words(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
}
