import { Command } from 'commander';
import { type ComparedFlows, compareFlows, EXIT_CODES } from '../../orchestrator/index.js';
import { comparisonDocument, comparisonLines } from '../../report/index.js';
import { colors, print, printLines } from '../output.js';
import { parametersOf, withParameters } from '../parameters.js';
import { settingsOf, withSettings } from '../settings.js';

interface DiffFlags {
  readonly json?: boolean;
  readonly param?: readonly string[];
}

/** Two flows, or a flow and what was seen, compared by what they mean. */
export function flowDiffCommand(done: (exitCode: number) => void): Command {
  const command = new Command('diff')
    .description('Compare two flows by what they mean, or a flow with what recorded requests show of its steps.')
    .argument('<flow>', 'a flow file')
    .argument('<other>', 'another flow file; or a recording: a run, or OTLP traces as JSON (.jsonl)')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      `
Examples:
  tracecourt flow diff main/checkout.flow.yaml checkout.flow.yaml
  tracecourt flow diff checkout.flow.yaml 20261125-215602-cbda34

Lines begin with - for what only the first says, + for what only the second says, ~ where each says something else.
Exits with 0 if they mean the same, 1 if they differ, 3 for bad input.`,
    );
  return withSettings(withParameters(command), ['bundleDir']).action(
    async (flow: string, other: string, flags: DiffFlags) => {
      const { bundleDir: bundles } = await settingsOf(flags);
      const surroundings = { parameters: parametersOf(flags.param), environment: process.env, bundles };
      const compared = await compareFlows(flow, other, surroundings);
      const { with: what, requests } = compared;
      if (flags.json) print(`${JSON.stringify({ with: what, requests, ...comparisonDocument(compared) })}\n`);
      else printLines([...comparisonLines(compared, colors), lastLine(compared)]);
      done(compared.differences.length > 0 ? EXIT_CODES.fail : EXIT_CODES.pass);
    },
  );
}

function lastLine({ differences, with: what, requests }: ComparedFlows): string {
  const other =
    what === 'flow'
      ? 'the other'
      : `what ${requests} request${requests === 1 ? '' : 's'} show${requests === 1 ? 's' : ''}`;
  if (differences.length === 0) return what === 'flow' ? 'The flows mean the same.' : `The flow says just ${other}.`;
  return `${differences.length} difference${differences.length === 1 ? '' : 's'} between the flow and ${other}`;
}
