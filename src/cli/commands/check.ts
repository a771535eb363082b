import { Command } from 'commander';
import { toJson } from '../../lib/json.js';
import {
  type CheckedRecording,
  checkRecorded,
  combineExitCodes,
  coverRecorded,
  EXIT_CODES,
  exitCodeOf,
  loadFlowFile,
} from '../../orchestrator/index.js';
import { coverageDocument, coverageLines, explanationLines, outcomeWord, proofText } from '../../report/index.js';
import { colors, print, printLines } from '../output.js';
import { parametersOf, withParameters } from '../parameters.js';

interface CheckFlags {
  readonly trace: string;
  readonly request?: string;
  readonly json?: boolean;
  readonly param?: readonly string[];
}

/** One flow against recorded spans. */
export function checkCommand(done: (exitCode: number) => void): Command {
  const command = new Command('check')
    .description(
      'Judge recorded requests by their spans alone: order, rules, budgets, invariants. Stores are not asked.',
    )
    .argument('<flow>', 'a flow file')
    .requiredOption('--trace <file>', 'OTLP traces as JSON, an export a line, as a Collector writes them')
    .option('--request <id>', 'the request to judge; default: each in the file')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  tracecourt check checkout.flow.yaml --trace traces.jsonl');
  return withParameters(command).action(async (file: string, flags: CheckFlags) => {
    const flow = await loadFlowFile(file, { parameters: parametersOf(flags.param), environment: process.env });
    const checked = await checkRecorded(flow, { file: flags.trace, request: flags.request });
    const coverage = coverRecorded(
      flow,
      checked.map(({ trace }) => trace),
    );
    const requests = checked.map(({ verdict }) => verdict);
    if (flags.json) print(`${toJson({ requests, coverage: coverageDocument(coverage) })}\n`);
    else if (checked.length === 0) printLines(['No such request is in the file.']);
    else printLines([...checked.flatMap(pageOf), '', ...coverageLines(coverage, colors)]);
    const codes = checked.map(({ verdict }) => exitCodeOf(verdict.outcome));
    done(codes.length === 0 ? EXIT_CODES.unknown : combineExitCodes(codes));
  });
}

function pageOf({ verdict, trace }: CheckedRecording): readonly string[] {
  return [
    `${outcomeWord(verdict.outcome, colors)} ${colors.bold(verdict.requestId)}  ${proofText(verdict)}`,
    ...explanationLines(verdict, { trace, colors }),
  ];
}
