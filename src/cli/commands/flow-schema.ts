import { Command } from 'commander';
import { EXIT_CODES, loadFlowSchema } from '../../orchestrator/index.js';
import { print } from '../output.js';

/** `tracecourt flow schema`. */
export function flowSchemaCommand(done: (exitCode: number) => void): Command {
  return new Command('schema')
    .description('Print the JSON Schema of flow files, for editors.')
    .addHelpText('after', '\nExample:\n  tracecourt flow schema > flow.schema.json')
    .action(async () => {
      print(`${JSON.stringify(await loadFlowSchema(), null, 2)}\n`);
      done(EXIT_CODES.pass);
    });
}
