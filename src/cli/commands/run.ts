import { Command } from 'commander';
import { loadScenarios, planCases, runCases } from '../../orchestrator/index.js';
import { interruptible } from '../interruptible.js';
import { reporterFor } from '../output.js';
import { printError } from '../print-error.js';
import { runOptions, STORE_SETTINGS, settingsOf, withSettings } from '../settings.js';

interface RunFlags {
  readonly defect?: readonly string[];
  readonly cutTelemetry?: readonly string[];
  readonly bail?: boolean;
  readonly json?: boolean;
}

export function runCommand(done: (exitCode: number) => void): Command {
  const command = new Command('run')
    .description('Run scenarios: start the system under test, send their requests, judge each one.')
    .argument('<scenario...>', 'scenario files')
    .option('--defect <name>', 'plant this defect in every request; may be given several times', gather)
    .option('--cut-telemetry <service>', 'keep the spans of this service from the collector', gather)
    .option('--bail', 'send nothing more after a request that fails, and wait for it no longer than that is uncertain')
    .option('--json', 'print one JSON document instead of text')
    .addHelpText(
      'after',
      `
Examples:
  tracecourt run examples/gpu-allocation/approve.scenario.yaml
  tracecourt run approve.scenario.yaml --defect lying-cache
  tracecourt run approve.scenario.yaml --cut-telemetry council --json`,
    );
  return withSettings(command, ['http', 'exportTo', ...STORE_SETTINGS, 'bundleDir']).action(
    async (files: readonly string[], flags: RunFlags) => {
      const { defect: defects = [], cutTelemetry: cut = [] } = flags;
      const settings = await settingsOf(flags);
      const cases = planCases(await loadScenarios(files, { defects, cut }), defects);
      const result = await interruptible((signal) =>
        runCases(
          cases,
          runOptions(settings, { cut, bail: flags.bail === true, reporters: [reporterFor(flags)], signal }),
        ),
      );
      if (result.failure) printError(result.failure);
      if (!flags.json) console.error(`\nRecorded in ${result.bundle}`);
      done(result.exitCode);
    },
  );
}

export function gather(value: string, before: readonly string[] = []): readonly string[] {
  return [...new Set([...before, value])];
}
