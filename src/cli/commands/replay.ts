import { Command } from 'commander';
import { toJson } from '../../lib/json.js';
import {
  combineExitCodes,
  EXIT_CODES,
  exitCodeOf,
  isAsSpoken,
  newestRun,
  type ReplayedCase,
  readBundle,
  replayBundle,
} from '../../orchestrator/index.js';
import { outcomeWord, proofText, resultRow, verdictLines } from '../../report/index.js';
import { colors, print, printLines } from '../output.js';
import { settingsOf, withSettings } from '../settings.js';

export function replayCommand(done: (exitCode: number) => void): Command {
  const command = new Command('replay')
    .description('Judge a recorded run again, from its bytes, its clock and its store observations.')
    .argument('[run]', 'a name or a folder; default: the newest run')
    .option('--json', 'print one JSON document instead of text')
    .addHelpText('after', '\nExamples:\n  tracecourt replay\n  tracecourt replay 20261121-104501-3f2a9c');
  return withSettings(command, ['bundleDir']).action(
    async (run: string | undefined, flags: { readonly json?: boolean }) => {
      const { bundleDir } = await settingsOf(flags);
      const bundle = readBundle(run ?? newestRun(bundleDir), bundleDir);
      const replayed = replayBundle(bundle);
      const differing = replayed.filter((one) => !isAsSpoken(one));
      const exitCode =
        differing.length > 0
          ? EXIT_CODES.defect
          : combineExitCodes(replayed.map(({ verdict }) => exitCodeOf(verdict.outcome)));
      if (flags.json) {
        const scenarios = replayed.map((one) => ({ ...rowOf(one), sameAsSpoken: isAsSpoken(one) }));
        print(`${toJson({ run: bundle.header.run, scenarios, notices: bundle.warnings, exitCode })}\n`);
      } else {
        printLines(bundle.warnings.map((warning) => colors.yellow(`  warning: ${warning}`)));
        for (const one of replayed) printLines(linesOf(one));
      }
      done(exitCode);
    },
  );
}

function linesOf(one: ReplayedCase): readonly string[] {
  const { recorded, verdict } = one;
  const note =
    one.spoken === undefined ? 'not judged before' : isAsSpoken(one) ? 'as before' : colors.red('NOT as before');
  return [
    `${outcomeWord(verdict.outcome, colors)} ${colors.bold([recorded.request, ...recorded.defects].join(' + '))}  ${recorded.requestId}`,
    colors.dim(`  ${proofText(verdict)} · ${note}`),
    ...verdictLines(verdict, colors),
  ];
}

function rowOf({ recorded, verdict, durationMs }: ReplayedCase) {
  return resultRow(verdict, {
    name: recorded.request,
    scenario: recorded.scenario,
    defects: recorded.defects,
    durationMs,
  });
}
