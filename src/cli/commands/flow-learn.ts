import { basename } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { EXIT_CODES, type LearnResult, learnFlow } from '../../orchestrator/index.js';
import { colors, print, printLines } from '../output.js';
import { settingsOf, withSettings } from '../settings.js';
import { several } from '../several.js';
import { refuseExisting, writeWhole } from '../write-whole.js';

interface LearnFlags {
  readonly output?: string;
  readonly force?: boolean;
  readonly name?: string;
  readonly entry?: string;
  readonly together?: boolean;
  readonly holdOut?: number;
  readonly uninstrumented?: readonly string[];
  readonly json?: boolean;
}

/** A flow from what was seen. */
export function flowLearnCommand(done: (exitCode: number) => void): Command {
  const command = new Command('learn')
    .description('Write the smallest flow that explains recorded requests, to be read and committed by a person.')
    .argument('<recording...>', 'runs, or files of OTLP traces as JSON, an export a line')
    .option('--output <file>', 'write the flow there; default: standard output')
    .option('--force', 'overwrite the file')
    .option('--name <name>', "the flow's name; default: the output file's")
    .addOption(new Option('--entry <step>', 'learn only from requests that begin with this step').conflicts('together'))
    .option('--together', 'learn one flow of requests that begin with different steps')
    .option('--hold-out <n>', 'do not learn from every n-th request, but say how it conforms', everyNth)
    .option('--uninstrumented <peer>', 'a peer that keeps no ledger; may be given several times', several)
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      `
Examples:
  tracecourt flow learn 20261125-215602-cbda34 --output checkout.flow.yaml
  tracecourt flow learn monday.jsonl tuesday.jsonl --hold-out 2 --name checkout

Each request that it was learnt from conforms to the flow: they are judged before it is written.
Exits with 0 if a flow was learnt, 1 if a request that was held out does not conform to it, 2 if there is nothing to learn from, 3 for bad input.`,
    );
  return withSettings(command, ['bundleDir']).action(async (recordings: readonly string[], flags: LearnFlags) => {
    const { output, force = false, json } = flags;
    if (output !== undefined && !force) refuseExisting(output);
    const { bundleDir: bundles } = await settingsOf(flags);
    const result = await learnFlow({ ...flags, recordings, bundles, name: flags.name ?? nameFrom(output) });
    if (result.kind === 'learnt' && output !== undefined) writeWhole(output, result.yaml, { force });
    if (json) print(`${JSON.stringify(documentOf(result, output))}\n`);
    else show(result, output);
    done(exitCodeFor(result));
  });
}

function everyNth(text: string): number {
  const n = Number(text);
  if (Number.isInteger(n) && n >= 2) return n;
  throw new InvalidArgumentError('expected a whole number, 2 or more: every n-th request is held out.');
}

function nameFrom(output: string | undefined): string {
  const name = output === undefined ? '' : basename(output).replace(/(\.flow)?\.ya?ml$/, '');
  return /^[A-Za-z0-9][\w.-]{0,99}$/.test(name) ? name : 'learnt';
}

function exitCodeFor(result: LearnResult): number {
  if (result.kind === 'nothing') return EXIT_CODES.unknown;
  return result.heldOut.some(({ outcome }) => outcome !== 'pass') ? EXIT_CODES.fail : EXIT_CODES.pass;
}

function documentOf(result: LearnResult, output: string | undefined): object {
  return { ...result, ...(output === undefined ? {} : { file: output }) };
}

/** The flow goes to standard output alone, so that it can be piped; what is said of it goes beside it. */
function show(result: LearnResult, output: string | undefined): void {
  if (result.kind === 'learnt' && output === undefined) print(result.yaml);
  const lines = linesOf(result, output);
  if (output === undefined) process.stderr.write(`${lines.join('\n')}\n`);
  else printLines(lines);
}

function linesOf(result: LearnResult, output: string | undefined): readonly string[] {
  const leftOut = result.leftOut.map(({ requestId, why }) => colors.dim(`left out: ${requestId}: ${why}`));
  if (result.kind === 'nothing') return [result.why, ...leftOut];
  const { learntFrom, heldOut } = result;
  const failing = heldOut.filter(({ outcome }) => outcome !== 'pass');
  return [
    `Learnt from ${countOf(learntFrom.length)}; each of them conforms to it.${output === undefined ? '' : ` Written to ${output}.`}`,
    ...(heldOut.length > 0 ? [`Held out ${countOf(heldOut.length)}: ${heldOut.length - failing.length} conform.`] : []),
    ...failing.map(({ requestId, told }) => colors.red(`  ${requestId}: ${told}`)),
    ...leftOut,
  ];
}

function countOf(requests: number): string {
  return `${requests} request${requests === 1 ? '' : 's'}`;
}
