import { TracecourtError } from '../errors.js';
import { cutTelemetry } from '../faults/index.js';
import type { Teardown } from '../lib/teardown.js';
import type { TestScenario } from '../model/index.js';
import type { ServedAddress } from './name-peers.js';
import { startService } from './service-process.js';
import { fillTemplate, fillTemplates } from './template.js';
import type { UnstampedEvent } from './unstamped-event.js';

export interface SystemHost {
  readonly run: string;
  /** Where the services send their spans. */
  readonly exportTo: string;
  /** Where the stores are. */
  readonly environment: Readonly<Record<string, string>>;
  /** Services whose spans are not to reach the collector. */
  readonly cut: readonly string[];
  readonly teardown: Teardown;
  readonly emit: (event: UnstampedEvent) => void;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
}

/** The started system under test. */
export interface RunningSystem {
  /** What templates may refer to: `gateway.http`, `run.id`. */
  readonly known: ReadonlyMap<string, string>;
  readonly served: readonly ServedAddress[];
  /** Aborts when one of its processes ends, with a TracecourtError `service-unavailable` that names it as the reason. */
  readonly lost: AbortSignal;
}

/**
 * Starts the services of a scenario one after the other, each with what the ones before it said of themselves. Rejects with
 * the signal's reason when it aborts meanwhile.
 */
export async function startSystem(scenario: TestScenario, host: SystemHost): Promise<RunningSystem> {
  const known = new Map([['run.id', host.run]]);
  const served: ServedAddress[] = [];
  const loss = new AbortController();

  for (const service of scenario.start) {
    const endpoint = host.cut.includes(service.name)
      ? host.teardown.use(`the cut telemetry of ${service.name}`, await cutTelemetry()).address
      : host.exportTo;
    const startedAt = performance.now();
    const started = await startService(
      { ...service, environment: fillTemplates(service.environment, known) },
      {
        timeoutMs: scenario.timeouts.startMs,
        signal: host.signal,
        environment: {
          ...host.environment,
          OTEL_SERVICE_NAME: service.name,
          OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
          TRACECOURT_RUN_ID: host.run,
        },
        onUnexpectedExit(exit, lastLines) {
          loss.abort(casualty(service.name, { exit, lastLines, address: known.get(`${service.name}.http`) }));
          host.emit({ type: 'service-exited', service: service.name, exit, lastLines });
        },
      },
    );
    host.teardown.use(`service ${service.name}`, started);
    for (const [name, value] of Object.entries(started.facts)) known.set(`${service.name}.${name}`, value);
    const ready = { service: service.name, http: started.facts['http'] };
    served.push(ready);
    host.emit({ type: 'service-ready', ...ready, pid: started.pid, tookMs: performance.now() - startedAt });
  }
  for (const url of Object.values(scenario.health)) await assertHealthy(fillTemplate(url, known));

  return { known, served, lost: loss.signal };
}

function casualty(
  service: string,
  {
    exit,
    lastLines,
    address,
  }: { readonly exit: string; readonly lastLines: readonly string[]; readonly address: string | undefined },
): TracecourtError {
  const where = address === undefined ? '' : ` (${address})`;
  const tail = lastLines.length === 0 ? '' : ` Its last lines:\n  ${lastLines.join('\n  ')}`;
  return new TracecourtError(
    'service-unavailable',
    `Service ${service}${where} ${exit}; it is away since ${new Date().toISOString()}.${tail}`,
    { nextStep: 'Look at its last lines, then run the scenario again.' },
  );
}

async function assertHealthy(url: string): Promise<void> {
  const failure = await fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
    (response) => (response.ok ? undefined : `answered ${response.status}`),
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  if (failure === undefined) return;
  throw new TracecourtError('service-unavailable', `The health check at ${url} ${failure}.`);
}
