import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { resolveSettings } from '../../src/config/index.js';
import { readRepositoryFile, repositoryRoot } from '../helpers/repository.js';
import { kafkaPlan } from '../services/kafka-plan.js';
import { DEBIAN_VERSIONS, GO_PINS, PINS } from '../services/pins.js';
import { redisPlan } from '../services/redis-plan.js';
import type { PlanContext } from '../services/service-plan.js';

interface Service {
  readonly image: string;
  readonly network_mode?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck?: {
    readonly test: readonly string[];
    readonly interval: string;
    readonly timeout: string;
    readonly retries: number;
  };
  readonly deploy?: { readonly resources: { readonly limits: Readonly<Record<string, string>> } };
}

interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, null>>;
}

const text = readRepositoryFile('docker-compose.yml');
const page = readRepositoryFile('docs/compose.md');
const variables = [...text.matchAll(/\$\{(\w+):-([^}]*)\}/g)].map(([, name = '', value = '']) => ({ name, value }));
const { services, volumes } = parse(text.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1')) as ComposeFile;
const all = Object.entries(services);
const onHost = all.filter(([, { network_mode }]) => network_mode === 'host');

function service(name: string): Service {
  const found = services[name];
  if (!found) throw new Error(`docker-compose.yml has no service ${name}.`);
  return found;
}

/** Host port by container port. */
function published(name: string): ReadonlyMap<string, string> {
  return new Map((service(name).ports ?? []).map((port) => [port.split(':')[2] ?? '', port.split(':')[1] ?? '']));
}

/** Defaults of the variables in otel-collector.yaml. */
const collectorDefaults = new Map(
  [...readRepositoryFile('otel-collector.yaml').matchAll(/\$\{env:(\w+):-([^}]*)\}/g)].map(
    ([, name = '', value = '']) => [name, value],
  ),
);

const context: PlanContext = {
  home: '/var/lib/kafka',
  libraries: '/jars',
  ports: { redis: 6379, kafka: 9092, kafkaController: 19093, neo4j: 7687 },
  password: 'tracecourt',
  clusterId: 'AAAAAAAAAAAAAAAAAAAAAA',
};

describe('docker-compose.yml', () => {
  it('has the stores, and what traces and metrics are looked at with', () => {
    expect(Object.keys(services)).to.have.members([
      ...['neo4j', 'redis', 'kafka', 'temporal', 'otel-collector', 'jaeger', 'prometheus', 'grafana'],
    ]);
  });

  for (const [name, { image, healthcheck, deploy, network_mode }] of all) {
    it(`pins ${name}, asks for its health, limits it, and gives it a network of its own or none`, () => {
      expect(image).to.match(/^[a-z0-9/-]+:v?\d+\.\d+\.\d+$/);
      expect(healthcheck?.test[0]).to.be.oneOf(['CMD', 'CMD-SHELL']);
      expect(healthcheck).to.include.keys('interval', 'timeout', 'retries');
      expect(deploy?.resources.limits).to.have.keys('cpus', 'memory');
      expect(network_mode).to.be.oneOf([undefined, 'host']);
    });
  }

  it('starts what the launcher starts and the tests run on', () => {
    const images = {
      neo4j: `neo4j:${PINS.neo4j}`,
      kafka: `apache/kafka:${PINS.kafka}`,
      redis: `redis:${DEBIAN_VERSIONS.redis}`,
      prometheus: `prom/prometheus:v${DEBIAN_VERSIONS.prometheus}`,
      'otel-collector': `otel/opentelemetry-collector-contrib:${GO_PINS.collector}`,
    };
    for (const [name, image] of Object.entries(images)) expect(service(name).image).to.equal(image);
  });

  it('publishes every port on 127.0.0.1 only', () => {
    const ports = all.flatMap(([, { ports = [] }]) => ports);
    expect(ports.length).to.be.greaterThan(5);
    for (const port of ports) expect(port).to.match(/^127\.0\.0\.1:\d+:\d+$/);
    const numbers = ports.map((port) => port.split(':')[1]);
    expect(new Set(numbers).size).to.equal(numbers.length);
  });

  it("lets what is on the host's network listen on 127.0.0.1, by its own words", () => {
    const words = Object.fromEntries(
      onHost.map(([name, { command = [], environment = {}, ports }]) => {
        expect(ports, name).to.equal(undefined);
        const said = [...command, ...Object.entries(environment).map(([key, value]) => `${key}=${value}`)];
        expect(said.join('\n')).not.to.match(/0\.0\.0\.0|localhost|=:\d/);
        return [name, said];
      }),
    );
    expect(words['prometheus']).to.include('--web.listen-address=127.0.0.1:9090');
    expect(words['grafana']).to.include('GF_SERVER_HTTP_ADDR=127.0.0.1');
    expect(words['otel-collector']).to.include.members(['OTELCOL_GRPC=127.0.0.1:4317', 'OTELCOL_HTTP=127.0.0.1:4318']);
    expect(Object.keys(words)).to.have.length(3);
  });

  it('keeps data in named volumes, and mounts files of this repository that cannot be written to', () => {
    const mounts = all.flatMap(([, { volumes: mounted = [] }]) => mounted.map((mount) => mount.split(':')));
    const files = mounts.filter(([source = '']) => source.startsWith('.'));
    expect(files.map(([source]) => source)).to.have.members([
      './otel-collector.yaml',
      './compose/prometheus',
      './compose/grafana',
    ]);
    for (const [source = '', , mode] of files) {
      expect(existsSync(repositoryRoot + source), source).to.equal(true);
      expect(mode, source).to.equal('ro');
    }
    const named = mounts.filter((mount) => !files.includes(mount)).map(([source]) => source);
    expect(named).to.have.members(Object.keys(volumes));
  });

  it('runs the Collector on otel-collector.yaml, with its own addresses and those of Jaeger', () => {
    const { environment = {}, healthcheck, volumes: mounted = [] } = service('otel-collector');
    expect(mounted).to.deep.equal(['./otel-collector.yaml:/etc/otelcol-contrib/config.yaml:ro']);
    for (const [name, value] of Object.entries(environment)) expect(value, name).to.equal(collectorDefaults.get(name));
    expect(healthcheck?.test.at(-1)).to.equal(`--config=http://${collectorDefaults.get('OTELCOL_HEALTH')}/`);
    expect(environment['JAEGER_ENDPOINT']).to.equal(`http://127.0.0.1:${published('jaeger').get('4318')}`);
  });

  it('tells Prometheus where Tracecourt, the Collector and the services tell their metrics', () => {
    const { scrape_configs } = parse(readRepositoryFile('compose/prometheus/prometheus.yaml')) as {
      readonly scrape_configs: readonly {
        readonly job_name: string;
        readonly static_configs?: readonly { readonly targets: readonly string[] }[];
        readonly file_sd_configs?: readonly { readonly files: readonly string[] }[];
      }[];
    };
    const targets = scrape_configs.map(({ job_name, static_configs, file_sd_configs }) => [
      job_name,
      static_configs?.[0]?.targets[0] ?? file_sd_configs?.[0]?.files[0],
    ]);
    expect(targets).to.deep.equal([
      ['tracecourt', collectorDefaults.get('TRACECOURT_ENDPOINT')?.replace('http://', '')],
      ['spans', collectorDefaults.get('OTELCOL_PROMETHEUS')],
      ['otel-collector', `127.0.0.1:${collectorDefaults.get('OTELCOL_TELEMETRY_PORT')}`],
      ['services', 'services.yaml'],
    ]);
    expect(parse(readRepositoryFile('compose/prometheus/services.yaml'))).to.deep.equal([{ targets: [] }]);
  });

  it('gives Grafana Prometheus and Jaeger as data sources', () => {
    const { environment = {} } = service('grafana');
    const { datasources } = parse(readRepositoryFile('compose/grafana/datasources.yaml')) as {
      readonly datasources: readonly { readonly type: string; readonly url: string }[];
    };
    expect(datasources.map(({ type, url }) => [type, environment[url.slice(1)]])).to.deep.equal([
      ['prometheus', 'http://127.0.0.1:9090'],
      ['jaeger', `http://127.0.0.1:${published('jaeger').get('16686')}`],
    ]);
  });

  it('configures Kafka as the launcher does', () => {
    const properties = new Map(
      (kafkaPlan(context).files['server.properties'] ?? '')
        .trim()
        .split('\n')
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    const environment = new Map(
      Object.entries(service('kafka').environment ?? {})
        .filter(([name]) => name !== 'KAFKA_HEAP_OPTS')
        .map(([name, value]) => [name.replace('KAFKA_', '').toLowerCase().replaceAll('_', '.'), String(value)]),
    );
    // In a network of its own, it listens to what comes from outside of it.
    expect(environment.get('listeners')).to.equal(properties.get('listeners')?.replace('127.0.0.1', ''));
    for (const entries of [properties, environment]) entries.delete('listeners');
    expect(Object.fromEntries(environment)).to.deep.equal(Object.fromEntries(properties));
    expect([...published('kafka')]).to.deep.equal([['9092', '9092']]);
  });

  it('configures Redis as the launcher does, behind a password', () => {
    const own = service('redis').command ?? [];
    const words = redisPlan(context).command;
    for (const flag of ['--appendonly', '--save', '--maxmemory', '--maxmemory-policy']) {
      expect(own[own.indexOf(flag) + 1], flag).to.equal(words[words.indexOf(flag) + 1]);
    }
    expect(own[own.indexOf('--requirepass') + 1]).to.equal(service('redis').environment?.['REDISCLI_AUTH']);
  });

  it('is where docs/compose.md says, by the variables that Tracecourt reads', () => {
    const [user, password] = String(service('neo4j').environment?.['NEO4J_AUTH']).split('/');
    const environment = {
      NEO4J_URL: `bolt://127.0.0.1:${published('neo4j').get('7687')}`,
      NEO4J_USER: String(user),
      NEO4J_PASSWORD: String(password),
      REDIS_URL: `redis://:${service('redis').environment?.['REDISCLI_AUTH']}@127.0.0.1:${published('redis').get('6379')}`,
      KAFKA_BROKERS: `127.0.0.1:${published('kafka').get('9092')}`,
      TEMPORAL_ADDRESS: `127.0.0.1:${published('temporal').get('7233')}`,
    };
    const exported = [...page.matchAll(/^export (.+)$/gm)].flatMap(([, words = '']) => words.split(' '));
    expect(exported).to.have.members(Object.entries(environment).map(([name, value]) => `${name}=${value}`));
    const settings = resolveSettings({ flags: {}, file: {}, env: environment });
    expect(settings).to.include({
      neo4jUrl: environment.NEO4J_URL,
      neo4jUser: environment.NEO4J_USER,
      neo4jPassword: environment.NEO4J_PASSWORD,
      redisUrl: environment.REDIS_URL,
    });
    expect(settings.kafkaBrokers).to.deep.equal([environment.KAFKA_BROKERS]);
  });

  it('has its variables and their defaults in docs/compose.md, and no others; each has one default', () => {
    const documented = [...page.matchAll(/^\| `([A-Z0-9_]+)` \| `([^`]+)` \|/gm)].map(([, name, value]) => ({
      name,
      value,
    }));
    const distinct = [...new Map(variables.map((variable) => [JSON.stringify(variable), variable])).values()];
    expect(documented).to.have.deep.members(distinct);
    expect(new Set(distinct.map(({ name }) => name)).size).to.equal(distinct.length);
  });
});
