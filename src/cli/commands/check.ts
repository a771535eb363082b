import { Command } from 'commander';
import { TracecourtError } from '../../errors.js';
import { toJson } from '../../lib/json.js';
import { firstFew } from '../../model/index.js';
import {
  type CheckedRecording,
  checkSpans,
  combineExitCodes,
  coverRecorded,
  EXIT_CODES,
  exitCodeOf,
  loadFlowFile,
  warningsOf,
} from '../../orchestrator/index.js';
import { coverageDocument, coverageLines, explanationLines, outcomeWord, proofText } from '../../report/index.js';
import { colors, print, printLines } from '../output.js';
import { parametersOf, withParameters } from '../parameters.js';
import { settingsOf, withSettings } from '../settings.js';

interface CheckFlags {
  readonly trace?: string;
  readonly from?: string;
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
    // Not required to commander, which would say so before it tells of a misspelt one.
    .option(
      '--trace <file|id>',
      'OTLP traces as JSON, an export a line, as a Collector writes them; or the id of a request or a trace of a recorded run',
    )
    .option('--from <url>', 'take the trace of that id from the query API of Jaeger (v3) or Tempo')
    .option(
      '--request <id>',
      'the request to judge, whatever happened in it; default: of a file, each that has a step of the flow',
    )
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      `
Examples:
  tracecourt check checkout.flow.yaml --trace traces.jsonl
  tracecourt check checkout.flow.yaml --trace 20261121-104501-3f2a9c.2
  tracecourt check checkout.flow.yaml --trace 4bf92f3577b34da6a3ce929d0e0e4736 --from http://127.0.0.1:16686

Of a file, requests in which no step of the flow happened are left aside, and counted. Exits with 2 if nothing was judged.`,
    );
  return withSettings(withParameters(command), ['bundleDir']).action(async (file: string, flags: CheckFlags) => {
    const flow = await loadFlowFile(file, { parameters: parametersOf(flags.param), environment: process.env });
    const { bundleDir: bundles } = await settingsOf(flags);
    const { trace, from, request } = flags;
    if (trace === undefined)
      throw new TracecourtError('usage', "option '--trace <file|id>' is missing: what is to be judged");
    const { checked, leftAside } = await checkSpans(flow, { trace, from, request, bundles });
    const coverage = coverRecorded(
      flow,
      checked.map(({ trace }) => trace),
    );
    const requests = checked.map(({ verdict }) => verdict);
    const warnings = warningsOf(flow);
    if (!flags.json) printLines(warnings.map((warning) => colors.yellow(`warning: ${warning}`)));
    if (flags.json) print(`${toJson({ requests, leftAside, warnings, coverage: coverageDocument(coverage) })}\n`);
    else if (checked.length === 0) printLines(nothingJudged(leftAside, { trace, request }));
    else printLines([...checked.flatMap(pageOf), '', ...asideLines(leftAside), ...coverageLines(coverage, colors)]);
    const codes = checked.map(({ verdict }) => exitCodeOf(verdict.outcome));
    done(codes.length === 0 ? EXIT_CODES.unknown : combineExitCodes(codes));
  });
}

function nothingJudged(
  leftAside: readonly string[],
  { trace, request }: { readonly trace: string; readonly request: string | undefined },
): readonly string[] {
  if (request !== undefined) return [`No request ${request} is in ${trace}.`];
  if (leftAside.length === 0) return [`No spans are in ${trace}.`];
  return [
    `Nothing was judged: no step of the flow is in ${trace}, which has ${counted(leftAside.length)}.`,
    'If one of them is meant, compare its spans with what the steps are known by; --request judges one all the same:',
    ...someOf(leftAside).map((id) => `  ${id}`),
  ];
}

function asideLines(leftAside: readonly string[]): readonly string[] {
  if (leftAside.length === 0) return [];
  const what = `${counted(leftAside.length)} without a step of the flow left aside`;
  return [`${what}: ${someOf(leftAside).join(', ')} (--request judges one all the same)`];
}

function counted(requests: number): string {
  return requests === 1 ? '1 request' : `${requests} requests`;
}

const SHOWN = 3;

function someOf(ids: readonly string[]): readonly string[] {
  return firstFew(ids, { most: SHOWN, tell: (id) => id, more: (rest) => `and ${rest} more` });
}

function pageOf({ verdict, trace }: CheckedRecording): readonly string[] {
  return [
    `${outcomeWord(verdict.outcome, colors)} ${colors.bold(verdict.requestId)}  ${proofText(verdict)}`,
    ...explanationLines(verdict, { trace, colors }),
  ];
}
