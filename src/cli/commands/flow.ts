import { Command } from 'commander';
import { loadFlowSchema } from '../../orchestrator/index.js';
import { print } from '../output.js';

/** Flow files as code. */
export function flowCommand(done: (exitCode: number) => void): Command {
  const command = new Command('flow').description('Work with flow files.');
  command.addCommand(schemaCommand(done).exitOverride());
  return command;
}

function schemaCommand(done: (exitCode: number) => void): Command {
  return new Command('schema')
    .description('Print the JSON Schema of flow files, for editors.')
    .addHelpText('after', '\nExample:\n  tracecourt flow schema > flow.schema.json')
    .action(async () => {
      print(`${JSON.stringify(await loadFlowSchema(), null, 2)}\n`);
      done(0);
    });
}
