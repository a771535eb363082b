import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { freePorts } from '../services/ports.js';
import { readRepositoryFile } from './repository.js';
import { startServedProgram } from './served-program.js';

/** A Prometheus on compose/prometheus/prometheus.yaml, with other addresses and less patience. */
export interface Prometheus extends AsyncDisposable {
  /** The answer to an instant query: a value for each series, by its labels. Throws what Prometheus finds wrong with it. */
  query(promql: string): Promise<readonly PrometheusSeries[]>;
}

export interface PrometheusSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface PrometheusOptions {
  readonly binary: string;
  /** Addresses of each of the file's jobs, HOST:PORT; jobs that are not named here scrape nothing. */
  readonly jobs: Readonly<Record<string, readonly string[]>>;
}

interface Job {
  readonly job_name: string;
}

const SCRAPE_INTERVAL = '200ms';

/** Starts it with data of its own, which go with it. */
export async function startPrometheus({ binary, jobs }: PrometheusOptions): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'tracecourt-prometheus-'));
  const file = join(folder, 'prometheus.yaml');
  writeFileSync(file, configuration(jobs));
  const [port = 0] = await freePorts(1);
  const address = `http://127.0.0.1:${port}`;
  const program = await startServedProgram({
    command: [
      binary,
      ...[`--config.file=${file}`, `--storage.tsdb.path=${join(folder, 'data')}`],
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    readyUrl: `${address}/-/ready`,
  }).catch((error: unknown) => {
    rmSync(folder, { recursive: true });
    throw error;
  });
  return {
    query: (promql) => query(address, promql),
    [Symbol.asyncDispose]: async () => {
      await program[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}

function configuration(jobs: PrometheusOptions['jobs']): string {
  const file = parse(readRepositoryFile('compose/prometheus/prometheus.yaml')) as { readonly scrape_configs: Job[] };
  const known = file.scrape_configs.map(({ job_name }) => job_name);
  for (const name of Object.keys(jobs)) if (!known.includes(name)) throw new Error(`there is no job ${name}`);
  return stringify({
    ...file,
    global: { scrape_interval: SCRAPE_INTERVAL, scrape_timeout: SCRAPE_INTERVAL },
    scrape_configs: file.scrape_configs.map(({ job_name }) => ({
      job_name,
      static_configs: [{ targets: jobs[job_name] ?? [] }],
    })),
  });
}

type Answer =
  | { readonly status: 'error'; readonly error: string }
  | {
      readonly status: 'success';
      readonly data: {
        readonly result: readonly { readonly metric: Record<string, string>; readonly value: [number, string] }[];
      };
    };

async function query(address: string, promql: string): Promise<readonly PrometheusSeries[]> {
  const response = await fetch(`${address}/api/v1/query?${new URLSearchParams({ query: promql })}`);
  const answer = (await response.json()) as Answer;
  if (answer.status === 'error') throw new Error(`${answer.error}: ${promql}`);
  return answer.data.result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }));
}
