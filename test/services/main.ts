import { homedir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder, cacheRoot } from './cache-folder.js';
import { environmentLines, environmentOf } from './environment.js';
import { fetchAll } from './fetch-all.js';
import { standGuard } from './guard.js';
import { down, up } from './launcher.js';
import { LauncherError } from './launcher-error.js';
import { type Machine, thisMachine } from './machine.js';
import { missingForTools } from './missing-tools.js';
import { fixedPorts } from './port-settings.js';
import { runRealTests } from './real-tests.js';
import { runningServices } from './record.js';
import { SERVICE_NAMES } from './service-plan.js';
import { type ToolName, toolsWithoutAddress } from './tools.js';

const USAGE = `Usage: node build/test/services/main.js <command>

  up       fetch and start Redis, Kafka and Neo4j, unless they run, and fetch an OpenTelemetry Collector and Prometheus;
           print where they are
  down     end them and remove their data
  status   print where they are; exit code 1 unless all run
  test     run the checks on services of their own, then end these
`;

const root = cacheRoot(process.env, homedir());
const cache = cacheFolder(process.env, homedir());
const folder = join(cache, 'up');
const say = (line: string) => void process.stderr.write(`${line}\n`);

type CommandBody = (signal: AbortSignal, argument: string | undefined) => Promise<number>;

const COMMANDS: Readonly<Record<string, CommandBody>> = {
  up: async (signal) => {
    const machine = await thisMachine();
    const tools = toolsToBeHad(machine);
    const fetched = await fetchAll({ cache, services: SERVICE_NAMES, tools, machine, say, signal });
    const { libraries } = fetched;
    const records = await up({ folder, services: SERVICE_NAMES, libraries, ports: fixedPorts(process.env), signal });
    process.stdout.write(environmentLines({ ...environmentOf(records), ...fetched.tools }));
    return 0;
  },
  down: async () => {
    const ended = await down({ folder });
    say(ended.length === 0 ? 'Nothing ran.' : `Ended ${ended.join(', ')}.`);
    return 0;
  },
  status: async () => {
    const running = runningServices(folder);
    for (const name of SERVICE_NAMES) {
      const record = running.find((service) => service.name === name);
      say(record ? `${name} runs as process ${record.process.pid}` : `${name} does not run`);
    }
    process.stdout.write(environmentLines(environmentOf(running)));
    return running.length === SERVICE_NAMES.length ? 0 : 1;
  },
  test: async (signal) => runRealTests({ cache, say, signal }),
  guard: async (_signal, guarded) => {
    if (guarded) await standGuard(guarded);
    return 0;
  },
};

/** Without the tools there are fewer tests, and the services are of use all the same: what a tool lacks is said, not thrown. */
function toolsToBeHad(machine: Machine): readonly ToolName[] {
  const lacks = (tools: readonly ToolName[]) => missingForTools(machine, tools, root);
  const tools = toolsWithoutAddress(process.env);
  for (const sentence of lacks(tools)) say(sentence);
  return tools.filter((tool) => lacks([tool]).length === 0);
}

const SIGNALS: Readonly<Partial<Record<NodeJS.Signals, number>>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

async function main([name = '', argument]: readonly string[]): Promise<number> {
  const body = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!body) {
    process.stderr.write(USAGE);
    return 2;
  }
  const interrupted = new AbortController();
  let exitCode = 0;
  for (const [signal, code] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      if (exitCode === 0) say(`Interrupted by ${signal}; ending what was started …`);
      exitCode ||= code;
      interrupted.abort();
    });
  }
  try {
    const outcome = await body(interrupted.signal, argument);
    return exitCode || outcome;
  } catch (error) {
    if (exitCode === 0) say(error instanceof LauncherError ? error.message : String((error as Error).stack));
    return exitCode || 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
