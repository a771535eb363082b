import { Command } from 'commander';
import { EXIT_CODES, loadFlowFile, testFlow } from '../../orchestrator/index.js';
import { colors, print, printLines } from '../output.js';
import { parametersOf, withParameters } from '../parameters.js';

interface TestFlags {
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

Exits with 0 if every example is what the flow says it is, 1 if one is not, 2 if there is none, 3 if the flow cannot be loaded.`,
    );
  return withParameters(command).action(async (file: string, flags: TestFlags) => {
    const flow = await loadFlowFile(file, { parameters: parametersOf(flags.param), environment: process.env });
    const result = await testFlow(flow, file);
    if (flags.json) print(`${JSON.stringify(result)}\n`);
    else printLines(linesOf(result));
    done(result.failed > 0 ? EXIT_CODES.fail : result.cases.length === 0 ? EXIT_CODES.unknown : EXIT_CODES.pass);
  });
}

function linesOf({ passed, failed, cases, warnings }: Awaited<ReturnType<typeof testFlow>>): readonly string[] {
  if (cases.length === 0) return ['The flow has no examples: there is nothing to test. Add some under "examples".'];
  return [
    ...warnings.map((warning) => colors.yellow(`warning: ${warning}`)),
    ...cases.map(({ kind, word, file, ok, explanation }) => {
      const mark = ok ? colors.green('ok    ') : colors.red('not ok');
      return `${mark}  ${kind.padEnd(8)}  ${word ?? file ?? ''}${colors.dim(`  ${explanation}`)}`;
    }),
    `${passed} passed, ${failed} failed`,
  ];
}
