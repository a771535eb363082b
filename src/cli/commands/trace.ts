import { Command } from 'commander';
import { toJson } from '../../lib/json.js';
import { findReplayed, type ReplayedCase } from '../../orchestrator/index.js';
import {
  noteLines,
  observationLines,
  outcomeWord,
  proofText,
  resultRow,
  verdictLines,
  waterfallLines,
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
    const replayed = findReplayed({ requestId, run: flags.run, bundles: bundleDir });
    if (flags.json) print(`${toJson(document(replayed))}\n`);
    else printLines(pageOf(replayed));
    done(0);
  });
}

function pageOf({ recorded, opened, verdict, observations }: ReplayedCase): readonly string[] {
  const wounded = new Set(verdict.findings.flatMap(({ spanIds }) => spanIds));
  return [
    `${outcomeWord(verdict.outcome, colors)} ${colors.bold([recorded.request, ...recorded.defects].join(' + '))}  ${recorded.requestId}`,
    colors.dim(`  flow ${recorded.flow.name} · revision ${verdict.revision} · ${proofText(verdict)}`),
    ...verdictLines(verdict, colors),
    ...noteLines(verdict, colors),
    '',
    ...waterfallLines(opened.evidence.trace, { colors, wounded }),
    '',
    'In the stores:',
    ...observationLines(observations, colors).map((line) => `  ${line}`),
  ];
}

function document({ recorded, opened, verdict, observations }: ReplayedCase): unknown {
  const { spans, ...trace } = opened.evidence.trace;
  const row = resultRow(verdict, { name: recorded.request, defects: recorded.defects, durationMs: 0 });
  return {
    ...trace,
    spans: spans.map((span) => ({
      ...span,
      attributes: Object.fromEntries(span.attributes.entries()),
      resource: Object.fromEntries(span.resource.entries()),
      events: undefined,
      links: undefined,
    })),
    observations,
    verdict: row.verdict,
    findings: verdict.findings,
    reasons: verdict.reasons,
  };
}
