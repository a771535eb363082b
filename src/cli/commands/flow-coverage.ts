import { Command } from 'commander';
import { TracecourtError } from '../../errors.js';
import { toJson } from '../../lib/json.js';
import { coverRuns, EXIT_CODES, loadFlowFile, readBundle } from '../../orchestrator/index.js';
import { coverageDocument, coverageLines } from '../../report/index.js';
import { colors, print, printLines } from '../output.js';
import { parametersOf, withParameters } from '../parameters.js';
import { settingsOf, withSettings } from '../settings.js';
import { several } from '../several.js';

interface CoverageFlags {
  readonly trace?: readonly string[];
  readonly json?: boolean;
  readonly param?: readonly string[];
  readonly failUnder?: number;
}

/** `tracecourt flow coverage`. */
export function flowCoverageCommand(done: (exitCode: number) => void): Command {
  const command = new Command('coverage')
    .description(
      'Tell what of a flow recorded requests exercised: steps, branches, rounds, rules, effects; and what never.',
    )
    .argument('<flow>', 'a flow file')
    .argument('[run...]', 'recorded runs: names or folders')
    .option('--trace <file>', 'requests in OTLP traces as JSON too; may be given several times', several)
    .option('--fail-under <percent>', 'exit with 1 if fewer parts of the flow were exercised', percent)
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      `
Examples:
  tracecourt flow coverage checkout.flow.yaml 20261121-104501-3f2a9c 20261121-110210-77a0e1
  tracecourt flow coverage checkout.flow.yaml --trace traces.jsonl --fail-under 90

Exits with 0, with 1 below --fail-under, with 2 if there is no request.`,
    );
  return withSettings(withParameters(command), ['bundleDir']).action(
    async (file: string, runs: readonly string[], flags: CoverageFlags) => {
      const flow = await loadFlowFile(file, { parameters: parametersOf(flags.param), environment: process.env });
      const { trace: traces = [], failUnder = 0 } = flags;
      if (runs.length + traces.length === 0) throw nothingGiven();
      const { bundleDir } = await settingsOf(flags);
      const coverage = await coverRuns(flow, { bundles: runs.map((run) => readBundle(run, bundleDir)), traces });
      if (flags.json) print(`${toJson({ coverage: coverageDocument(coverage) })}\n`);
      else printLines(coverageLines(coverage, colors));
      const covered = coverage.parts.filter(({ requests }) => requests > 0).length;
      const enough = covered * 100 >= failUnder * coverage.parts.length;
      done(coverage.requests === 0 ? EXIT_CODES.unknown : enough ? EXIT_CODES.pass : EXIT_CODES.fail);
    },
  );
}

function nothingGiven(): TracecourtError {
  return new TracecourtError('usage', 'No recorded request is given.', {
    nextStep: 'Name runs (`tracecourt flow coverage FLOW RUN…`), or files of traces with --trace.',
  });
}

function percent(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 100) return value;
  throw new TracecourtError('usage', `--fail-under takes a number from 0 to 100, got "${text}".`);
}
