import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { SETTINGS } from '../../config/index.js';
import { TracecourtError } from '../../errors.js';
import { toJson } from '../../lib/json.js';
import type { RunEvent } from '../../model/index.js';
import {
  type CaseResult,
  combineExitCodes,
  EXIT_CODES,
  expectationOf,
  loadScenarios,
  planVariants,
  type RunResult,
  runCases,
  shortfalls,
} from '../../orchestrator/index.js';
import { resultRows } from '../../report/index.js';
import { interruptible } from '../interruptible.js';
import { colors, print, printLines, reporterFor } from '../output.js';
import { printError } from '../print-error.js';
import { runOptions, STORE_SETTINGS, settingsOf, withSettings } from '../settings.js';
import { gather } from './run.js';

const SCENARIO = fileURLToPath(new URL('../../../../examples/gpu-allocation/approve.scenario.yaml', import.meta.url));

interface DemoFlags {
  readonly defect?: readonly string[];
  readonly json?: boolean;
}

export function demoCommand(done: (exitCode: number) => void): Command {
  const command = new Command('demo')
    .description('Judge one request of the reference system, then the same with each of its defects planted.')
    .option('--defect <name>', 'plant these defects together, in one request, instead of each alone', gather)
    .option('--json', 'print one JSON document instead of text')
    .addHelpText(
      'after',
      `
Examples:
  tracecourt demo
  tracecourt demo --defect lying-cache --defect duplicate-event

Exits with 0 if and only if every request was judged as the scenario's table of defects says.`,
    );
  return withSettings(command, ['http', 'exportTo', ...STORE_SETTINGS, 'bundleDir']).action(async (flags: DemoFlags) =>
    done(await demo(flags)),
  );
}

async function demo(flags: DemoFlags): Promise<number> {
  if (!existsSync(SCENARIO)) {
    throw new TracecourtError('not-found', `The demo needs the reference system, and ${SCENARIO} is not there.`, {
      nextStep: 'Run it in a clone of the repository; the published package does not hold the examples.',
    });
  }
  const { defect: defects = [] } = flags;
  const settings = await settingsOf(flags);
  const [loaded] = await loadScenarios([SCENARIO], { defects, cut: [] });
  const alone = (loaded.scenario.defects?.known ?? []).map(({ name }) => [name]);
  const cases = planVariants(loaded, defects.length > 0 ? [defects] : [[], ...alone]);

  const events: RunEvent[] = [];
  const log = { name: 'demo', onEvent: (event: RunEvent) => void events.push(event) };
  const reporters = flags.json ? [log] : [log, reporterFor({ ...flags, coverage: false })];
  const result = await interruptible((signal) => runCases(cases, runOptions(settings, { cut: [], reporters, signal })));
  const surprises = result.cases.flatMap(surprisesIn);
  const isComplete = result.failure === undefined && result.cases.length === cases.length;
  const asPlanted = surprises.length === 0 ? EXIT_CODES.pass : EXIT_CODES.fail;
  const exitCode = isComplete ? asPlanted : combineExitCodes([asPlanted, stoppedEarly(result)]);

  if (flags.json) print(`${toJson({ run: result.run, scenarios: resultRows(events), surprises, exitCode })}\n`);
  else printLines(closing(result, { surprises, planned: cases.length, bundles: settings.bundleDir }));
  if (result.failure) printError(result.failure);
  return exitCode;
}

/** Never 0: rows that were not judged were not judged as expected. A fail among those that were is no failure of the demo. */
function stoppedEarly({ failure, exitCode }: RunResult): number {
  if (exitCode === EXIT_CODES.interrupted) return exitCode;
  return failure?.exitCode ?? EXIT_CODES.unknown;
}

function surprisesIn({ runCase, verdict }: CaseResult): readonly string[] {
  const { request, defects, loaded } = runCase;
  const problems = shortfalls(verdict, expectationOf(loaded.scenario.defects, defects));
  return problems.map((problem) => `${[request.name, ...defects].join(' + ')}: ${problem}`);
}

interface DemoOutcome {
  readonly surprises: readonly string[];
  readonly planned: number;
  readonly bundles: string;
}

function closing(result: RunResult, { surprises, planned, bundles }: DemoOutcome): readonly string[] {
  const { cases, run, bundle } = result;
  const wrong = cases.find(({ verdict }) => verdict.outcome === 'fail');
  const there = bundles === SETTINGS.bundleDir.default ? '' : ` --bundles ${bundles}`;
  return [
    '',
    ...(surprises.length > 0 ? [colors.red(`Not judged as planted:\n  ${surprises.join('\n  ')}`)] : []),
    ...(cases.length < planned ? [colors.yellow(`${cases.length} of ${planned} requests were judged.`)] : []),
    ...(surprises.length === 0 && cases.length === planned
      ? [
          colors.green(
            planned === 1 ? 'The request was judged as planted.' : `All ${planned} requests were judged as planted.`,
          ),
        ]
      : []),
    '',
    'Look further:',
    ...(wrong ? [`  npx tracecourt trace ${wrong.requestId}${there}   one request as a waterfall`] : []),
    `  npx tracecourt replay ${run}${there}  the same verdicts from the recording`,
    `  ${bundle}`,
  ];
}
