import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { TracecourtError } from '../../errors.js';
import { bringUp, type Up } from '../../orchestrator/index.js';
import { environmentFile, exportLines, shownVariables } from '../environment-lines.js';
import { interruptible } from '../interruptible.js';
import { colors, print, printLines } from '../output.js';
import { parentGone } from '../parent-gone.js';
import { flowIn, TELL_IN_JSON, TELL_IN_TEXT, withFlow } from '../request-teller.js';
import { settingsOf, storeAddresses, withSettings } from '../settings.js';

interface UpFlags {
  readonly embedded?: boolean;
  readonly writeEnv?: string;
  readonly flow?: string;
  readonly json?: boolean;
}

const SETTINGS = [
  'port',
  'embeddedNeo4jPort',
  'embeddedRedisPort',
  'embeddedKafkaPort',
  'rootQuietMs',
  'quietMs',
  'deadlineMs',
] as const;

export function upCommand(done: (exitCode: number) => void): Command {
  const command = new Command('up')
    .description('Start the collector, and the embedded stores if asked, for services of your own; runs until Ctrl-C.')
    .option('--embedded', 'start an embedded graph, cache and event log too, whatever addresses the settings hold')
    .option('--write-env <file>', 'also write what a service needs into this file, for node --env-file')
    .option('--json', 'print one JSON line when ready, then one for each completed request')
    .addHelpText(
      'after',
      `
Examples:
  tracecourt up --embedded
  tracecourt up --embedded --write-env .env.tracecourt   (then: node --env-file=.env.tracecourt service.js)
  tracecourt up --flow checkout.flow.yaml
  tracecourt up --port 0 --json

The first Ctrl-C lets what is under way come to its end, the second exits at once. Started as a child, with a pipe for its
standard input, it ends too when that closes.`,
    );
  return withSettings(withFlow(command), SETTINGS).action(async (flags: UpFlags) => {
    await up(flags);
    done(0);
  });
}

async function up(flags: UpFlags): Promise<void> {
  const settings = await settingsOf(flags);
  const { embeddedNeo4jPort: neo4j, embeddedRedisPort: redis, embeddedKafkaPort: kafka } = settings;
  using parent = parentGone();
  await interruptible(async (interrupted) => {
    const signal = AbortSignal.any([interrupted, parent]);
    const flow = await flowIn(flags);
    const teller = flags.json ? TELL_IN_JSON : TELL_IN_TEXT;
    const early: (() => void)[] = [];
    let tell = (say: () => void): void => void early.push(say);
    await using started = await bringUp({
      collector: { ...settings, flow, http: { host: '127.0.0.1', port: settings.port } },
      stores: flags.embedded ? { neo4j, redis, kafka } : storeAddresses(settings),
      onCompleted: (...told) => tell(() => teller.onCompleted(...told)),
      onOpen: (event) => tell(() => teller.onOpen(event)),
      onTrouble: (message) => console.error(message),
    });
    if (flags.writeEnv !== undefined) writeEnvironment(flags.writeEnv, started);
    if (flags.json) print(`${JSON.stringify(readyJson(started))}\n`);
    else printLines(announcement(started, flags));
    tell = (say) => say();
    early.forEach(tell);
    if (!signal.aborted) await once(signal, 'abort');
  });
}

function readyJson({ collector, environment }: Up): unknown {
  return { ready: true, http: collector, environment: shownVariables(environment) };
}

function announcement(started: Up, { embedded, writeEnv }: UpFlags): readonly string[] {
  const { collector, environment } = started;
  const place = (name: string, text: string) => `  ${name.padEnd(9)} ${text}`;
  return [
    colors.bold('Tracecourt is up; press Ctrl-C to stop.'),
    '',
    place('spans', `${collector}/v1/traces`),
    place('requests', `${collector}/api/requests`),
    place('metrics', `${collector}/metrics`),
    place('health', `${collector}/healthz`),
    ...storeLines(started, embedded === true).map(([name, text]) => place(name, text)),
    '',
    'For a service, in its shell:',
    '',
    ...exportLines(environment).map((line) => `  ${line}`),
    '',
    ...(writeEnv === undefined ? [] : [`The same is in ${writeEnv}: node --env-file=${writeEnv} service.js`, '']),
    'Requests, as they are completed:',
  ];
}

function storeLines({ environment }: Up, embedded: boolean): readonly (readonly [string, string])[] {
  const named = { neo4j: 'NEO4J_URL', redis: 'REDIS_URL', kafka: 'KAFKA_BROKERS' };
  const shown = shownVariables(environment);
  const lines = Object.entries(named).flatMap(([name, variable]) => {
    if (environment[variable] === undefined) return [];
    return [[name, `${shown[variable] ?? '(its address holds a password)'}${embedded ? '  embedded' : ''}`] as const];
  });
  return lines.length > 0 ? lines : [['stores', 'none; --embedded starts a graph, a cache and an event log']];
}

/** For its owner alone: it may hold a password. */
function writeEnvironment(file: string, { environment }: Up): void {
  try {
    writeFileSync(file, environmentFile(environment), { mode: 0o600 });
    // The mode is for a new file; this one may have been there.
    chmodSync(file, 0o600);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TracecourtError('usage', `--write-env: ${file} cannot be written: ${why}`, { cause });
  }
}
