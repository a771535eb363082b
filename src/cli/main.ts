import { Command, CommanderError } from 'commander';
import { EXIT_CODES } from '../orchestrator/index.js';
import { checkCommand } from './commands/check.js';
import { collectCommand } from './commands/collect.js';
import { demoCommand } from './commands/demo.js';
import { flowCommand } from './commands/flow.js';
import { healthCommand } from './commands/health.js';
import { replayCommand } from './commands/replay.js';
import { runCommand } from './commands/run.js';
import { traceCommand } from './commands/trace.js';
import { upCommand } from './commands/up.js';
import { printError } from './print-error.js';
import { version } from './version.js';

/** In the order of the help. */
const COMMANDS = [
  demoCommand,
  upCommand,
  collectCommand,
  runCommand,
  traceCommand,
  replayCommand,
  healthCommand,
  checkCommand,
  flowCommand,
];

const EXIT_CODE_HELP = `
Exit codes:
  0 pass · 1 fail · 2 unknown (incomplete, nothing to check) · 3 usage or configuration
  4 a required service is not there · 5 a defect of Tracecourt itself · 130 interrupted
  Where several apply: 130, 3, 5, 1, 4, 2, 0 in that order.`;

// `tracecourt … | head`: what nobody reads is not written, and that is no defect.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
process.exitCode = await main(process.argv);

async function main(argv: readonly string[]): Promise<number> {
  const program = new Command('tracecourt')
    .description('Proves that a request did what its flow says, in its spans and in the stores behind them.')
    .version(version)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', EXIT_CODE_HELP);
  let exitCode: number = EXIT_CODES.pass;
  const done = (code: number) => {
    exitCode = code;
  };
  for (const make of COMMANDS) {
    program.addCommand(make(done).exitOverride().addHelpText('after', EXIT_CODE_HELP));
  }
  try {
    await program.parseAsync(argv);
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.pass : EXIT_CODES.usage;
    return printError(error, { json: argv.includes('--json') });
  }
}
