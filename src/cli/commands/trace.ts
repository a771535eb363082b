import { Command } from 'commander';
import { toJson } from '../../lib/json.js';
import { type FoundCase, findReplayed, isAsSpoken, plainTrace, unprovenOrders } from '../../orchestrator/index.js';
import {
  noteLines,
  observationLines,
  outcomeWord,
  proofText,
  verdictLines,
  waterfallLines,
  woundsOf,
} from '../../report/index.js';
import { colors, print, printLines } from '../output.js';
import { settingsOf, withSettings } from '../settings.js';

interface TraceFlags {
  readonly run?: string;
  readonly json?: boolean;
}

export function traceCommand(done: (exitCode: number) => void): Command {
  const command = new Command('trace')
    .description('Show one recorded request as a waterfall, against its flow and its stores. Exits with 0 if it could.')
    .argument('[request-id]', 'default: the first request of the newest run that did not pass')
    .option('--run <run>', 'the run it belongs to: a name or a folder')
    .option('--json', 'print the WorkflowTrace and the verdict as one JSON document')
    .addHelpText('after', '\nExamples:\n  tracecourt trace\n  tracecourt trace 20261121-104501-3f2a9c.2 --json');
  return withSettings(command, ['bundleDir']).action(async (requestId: string | undefined, flags: TraceFlags) => {
    const { bundleDir } = await settingsOf(flags);
    const found = withUnproven(findReplayed({ requestId, run: flags.run, bundles: bundleDir }));
    if (flags.json) print(`${toJson(document(found))}\n`);
    else printLines(pageOf(found));
    done(0);
  });
}

/** Whoever looks wants to know which orders nothing proves, too. */
function withUnproven(found: FoundCase): FoundCase {
  const { verdict, opened } = found;
  const notes = [...verdict.notes, ...unprovenOrders(verdict, opened)];
  return { ...found, verdict: { ...verdict, notes } };
}

function pageOf(found: FoundCase): readonly string[] {
  const { recorded, opened, verdict, observations, warnings } = found;
  return [
    `${outcomeWord(verdict.outcome, colors)} ${colors.bold([recorded.request, ...recorded.defects].join(' + '))}  ${recorded.requestId}`,
    colors.dim(`  flow ${recorded.flow.name} · revision ${verdict.revision} · ${proofText(verdict)}`),
    ...warnings.map((warning) => colors.yellow(`  warning: ${warning}`)),
    ...(isAsSpoken(found)
      ? []
      : [colors.red(`  the run itself said ${found.spoken?.outcome}: its recording was changed`)]),
    ...verdictLines(verdict, colors),
    ...noteLines(verdict, colors),
    '',
    ...waterfallLines(opened.evidence.trace, { colors, wounds: woundsOf(verdict) }),
    '',
    'In the stores:',
    ...observationLines(observations, colors).map((line) => `  ${line}`),
  ];
}

/** The WorkflowTrace just as the collector answers it, with what the stores showed and the verdict. */
function document({ opened, verdict, observations, warnings }: FoundCase): unknown {
  const { outcome, findings, consequences, reasons, strength, notes } = verdict;
  const trace = plainTrace(opened.evidence.trace);
  return { ...trace, observations, verdict: outcome, findings, consequences, reasons, strength, notes, warnings };
}
