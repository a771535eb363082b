import { Command } from 'commander';
import { toJson } from '../../lib/json.js';
import type { CompiledFlow, MutationResult } from '../../model/index.js';
import { beyondWords, EXIT_CODES, loadFlowFile, testFlow } from '../../orchestrator/index.js';
import { coverageDocument, coverageLines, mutationDocument, mutationLines } from '../../report/index.js';
import { colors, print, printLines } from '../output.js';
import { parametersOf, withParameters } from '../parameters.js';
import { type MutateFlags, mutationExitCode, mutationsOf, withMutations } from './flow-test-mutate.js';

interface TestFlags extends MutateFlags {
  readonly json?: boolean;
  readonly param?: readonly string[];
}

/** `tracecourt flow test`. */
export function flowTestCommand(done: (exitCode: number) => void): Command {
  const command = new Command('test')
    .description('Hold a flow against its own examples: words that it accepts and rejects, and recorded requests.')
    .argument('<file>', 'a flow file')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      `
Examples:
  tracecourt flow test examples/gpu-allocation/gpu-allocation.flow.yaml
  tracecourt flow test checkout.flow.yaml --param region=us --json
  tracecourt flow test checkout.flow.yaml --mutate
  tracecourt flow test checkout.flow.yaml --mutate --run 20261121-104501-3f2a9c
  tracecourt flow test checkout.flow.yaml --mutate --max-uncaught 0 --allow 'fail notify'

Exits with 0 if every example is what the flow says it is, 1 if one is not, 2 if it has none (it is valid then, and nothing says that it is right), 3 if the flow or a recording cannot be read.
--mutate reports what goes unnoticed, and exits with 1 for it only where --max-uncaught says how much is too much; with 2 if no request conforms.`,
    );
  return withMutations(withParameters(command)).action(async (file: string, flags: TestFlags) => {
    const flow = await loadFlowFile(file, { parameters: parametersOf(flags.param), environment: process.env });
    const result = await testFlow(flow, file);
    const mutation = await mutationsOf(flow, { flowFile: file, flags });
    if (flags.json) print(`${toJson(documentOf(result, mutation && mutationDocument(mutation, flow)))}\n`);
    else printLines([...linesOf(result), ...(mutation ? mutationPart(mutation, { flow, flags }) : [])]);
    done(exitCodeOfTest(result, { mutation, flags }));
  });
}

type TestResult = Awaited<ReturnType<typeof testFlow>>;

function exitCodeOfTest(
  { failed, cases }: TestResult,
  { mutation, flags }: { readonly mutation: MutationResult | undefined; readonly flags: TestFlags },
): number {
  if (cases.some(({ unreadable }) => unreadable)) return EXIT_CODES.usage;
  if (failed > 0) return EXIT_CODES.fail;
  if (mutation) return mutationExitCode(mutation, flags);
  return cases.length === 0 ? EXIT_CODES.unknown : EXIT_CODES.pass;
}

function mutationPart(
  mutation: MutationResult,
  { flow, flags }: { readonly flow: CompiledFlow; readonly flags: TestFlags },
): readonly string[] {
  const wordsAlone = flags.trace === undefined && flags.run === undefined && flow.examples.accepts.length > 0;
  return ['', ...mutationLines(mutation, { flow, beyond: wordsAlone ? beyondWords(flow) : [], colors })];
}

function documentOf({ coverage, ...result }: TestResult, mutation: unknown): unknown {
  return {
    ...result,
    ...(coverage ? { coverage: coverageDocument(coverage) } : {}),
    ...(mutation === undefined ? {} : { mutation }),
  };
}

function linesOf({ passed, failed, cases, warnings, coverage }: TestResult): readonly string[] {
  const warned = warnings.map((warning) => colors.yellow(`warning: ${warning}`));
  if (cases.length === 0) {
    return [
      ...warned,
      'The flow is valid, and nothing was tested: it has no examples. Write under "examples" what it must accept and reject,',
      'as words ({ accepts: [reserve pay], rejects: [pay reserve] }) or as recorded requests.',
    ];
  }
  return [
    ...warned,
    ...cases.map(({ kind, word, file, ok, explanation }) => {
      const mark = ok ? colors.green('ok    ') : colors.red('not ok');
      return `${mark}  ${kind.padEnd(8)}  ${word ?? file ?? ''}${colors.dim(`  ${explanation}`)}`;
    }),
    ...(coverage ? coverageLines(coverage, colors) : []),
    `${passed} passed, ${failed} failed`,
  ];
}
