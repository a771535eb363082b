import { Command } from 'commander';
import { TracecourtError } from '../../errors.js';
import { systemClock } from '../../lib/clock.js';
import { parseDurationMs } from '../../lib/duration.js';
import { Teardown } from '../../lib/teardown.js';
import type { ServiceHealth } from '../../model/index.js';
import {
  type Endpoint,
  EXIT_CODES,
  type HealthRules,
  parseEndpoint,
  probesAt,
  ServiceHealthValidator,
  type WatchedService,
  watchHealth,
} from '../../orchestrator/index.js';
import { healthChangeLine, healthLines } from '../../report/index.js';
import { interruptible } from '../interruptible.js';
import { colors, print, printLines } from '../output.js';
import { STORE_SETTINGS, settingsOf, storeAddresses, withSettings } from '../settings.js';
import { gather } from './run.js';

interface HealthFlags {
  readonly http?: readonly string[];
  readonly tcp?: readonly string[];
  readonly dns?: readonly string[];
  readonly watch?: boolean;
  readonly every: string;
  readonly failures: string;
  readonly successes: string;
  readonly json?: boolean;
}

export function healthCommand(done: (exitCode: number) => void): Command {
  const command = new Command('health')
    .description(
      'Look whether the stores of the settings, and any other services, are there and are what they should be.',
    )
    .option('--http <url>', 'a page that should answer; may be given several times', gather)
    .option('--tcp <address>', 'a port that should take connections; may be given several times', gather)
    .option('--dns <name>', 'a name that should have an address; may be given several times', gather)
    .option('--watch', 'go on checking until Ctrl-C, and tell each change')
    .option('--every <duration>', 'the pause between two rounds of --watch', '2s')
    .option('--failures <n>', 'how many failures in a row make a service unhealthy under --watch', '3')
    .option('--successes <n>', 'how many successes in a row make it healthy again', '2')
    .option('--json', 'print one JSON document instead of text; with --watch, one line a round')
    .addHelpText(
      'after',
      `
Examples:
  NEO4J_URL=bolt://127.0.0.1:7687 REDIS_URL=redis://127.0.0.1:6379 tracecourt health
  tracecourt health --kafka-brokers 127.0.0.1:9092 --http http://127.0.0.1:4318/healthz --tcp 127.0.0.1:5432
  tracecourt health --redis-url redis://127.0.0.1:6379 --watch --every 5s

Exits with 0 if every service is healthy, with 4 if one is not; under --watch, as it stands at Ctrl-C.`,
    );
  return withSettings(command, STORE_SETTINGS).action(async (flags: HealthFlags) => done(await health(flags)));
}

async function health(flags: HealthFlags): Promise<number> {
  const endpoints = endpointsOf(flags);
  const rules: HealthRules = {
    failures: count('--failures', flags.failures),
    successes: count('--successes', flags.successes),
  };
  const everyMs = pause(flags.every);
  // `--http` is an endpoint here, not the collector's address.
  const settings = await settingsOf({ ...flags, http: undefined });
  const probes = probesAt(storeAddresses(settings), []);
  if (probes.size + endpoints.length === 0) throw nothingToCheck();
  await using teardown = new Teardown({ deadlineMs: 2_000, onTrouble: () => undefined });
  for (const probe of probes.values()) teardown.use(`the probe of ${probe.store}`, probe);
  const validator = new ServiceHealthValidator(probes, { timeoutMs: settings.probeTimeoutMs });
  const check = () => validator.validateAll(endpoints);
  if (!flags.watch) return tell(await check(), flags);
  return await interruptible((signal) => watch({ check, everyMs, rules, signal }, flags));
}

function endpointsOf({ http = [], tcp = [], dns = [] }: HealthFlags): readonly Endpoint[] {
  return [
    ...http.map((url) => parseEndpoint('http', url)),
    ...tcp.map((address) => parseEndpoint('tcp', address)),
    ...dns.map((name) => parseEndpoint('dns', name)),
  ];
}

function nothingToCheck(): TracecourtError {
  return new TracecourtError('usage', 'There is nothing to check: no store has an address, and no endpoint is named.', {
    nextStep: 'Give --neo4j-url, --redis-url or --kafka-brokers (or their variables), or --http, --tcp or --dns.',
  });
}

function count(flag: string, text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new TracecourtError('usage', `${flag} "${text}": expected a number from 1 to 9999.`);
}

function pause(text: string): number {
  const everyMs = parseDurationMs(text);
  if (everyMs !== undefined && everyMs > 0) return everyMs;
  throw new TracecourtError('usage', `--every "${text}": expected a duration like 500ms or 2s.`);
}

function tell(services: readonly ServiceHealth[], { json }: HealthFlags): number {
  const exitCode = exitCodeOf(services.map(({ state }) => state));
  if (json)
    print(`${JSON.stringify({ healthy: exitCode === EXIT_CODES.pass, services: services.map(row), exitCode })}\n`);
  else printLines(healthLines(services, colors));
  return exitCode;
}

/** A stable schema: fields are only ever added. */
function row({ name, kind, state, product, version, latencyMs, address, saw, ...rest }: ServiceHealth) {
  const failure =
    'failure' in rest ? { failure: rest.failure, nextStep: rest.nextStep } : { failure: null, nextStep: null };
  const told = { product: product ?? null, version: version ?? null, latencyMs: Math.round(latencyMs * 10) / 10 };
  return { name, kind, state, ...told, address, saw, ...failure };
}

function exitCodeOf(states: readonly ServiceHealth['state'][]): number {
  return states.every((state) => state === 'healthy') ? EXIT_CODES.pass : EXIT_CODES.unavailable;
}

interface Watching {
  readonly check: () => Promise<readonly ServiceHealth[]>;
  readonly everyMs: number;
  readonly rules: HealthRules;
  readonly signal: AbortSignal;
}

async function watch(watching: Watching, { json }: HealthFlags): Promise<number> {
  let last: readonly WatchedService[] | undefined;
  for await (const round of watchHealth({ ...watching, clock: systemClock })) {
    if (json) print(`${JSON.stringify(roundJson(round))}\n`);
    else printLines(last === undefined ? opening(round, watching) : changeLines(round));
    last = round;
  }
  return exitCodeOf((last ?? []).map(({ course }) => course.state));
}

function opening(round: readonly WatchedService[], { everyMs, rules }: Watching): readonly string[] {
  const how = `${rules.failures} failures or ${rules.successes} successes in a row make a change`;
  return [
    ...healthLines(
      round.map(({ checked }) => checked),
      colors,
    ),
    '',
    colors.dim(`Watching every ${everyMs} ms; ${how}. Press Ctrl-C to stop.`),
  ];
}

function changeLines(round: readonly WatchedService[]): readonly string[] {
  const changed = round.filter(({ hasChanged }) => hasChanged);
  return changed.map(({ checked, course }) => healthChangeLine(checked, course, colors));
}

function roundJson(round: readonly WatchedService[]): unknown {
  const services = round.map(({ checked, course, hasChanged }) => ({
    ...row(checked),
    state: course.state,
    checkedState: checked.state,
    since: new Date(course.sinceMs).toISOString(),
    hasChanged,
  }));
  return { healthy: services.every(({ state }) => state === 'healthy'), services };
}
