import { Command } from 'commander';
import { flowCoverageCommand } from './flow-coverage.js';
import { flowDiffCommand } from './flow-diff.js';
import { flowGraphCommand } from './flow-graph.js';
import { flowLearnCommand } from './flow-learn.js';
import { flowSchemaCommand } from './flow-schema.js';
import { flowTestCommand } from './flow-test.js';

/** In the order of the help. */
const COMMANDS = [
  flowTestCommand,
  flowLearnCommand,
  flowDiffCommand,
  flowCoverageCommand,
  flowGraphCommand,
  flowSchemaCommand,
];

/** Flow files as code. */
export function flowCommand(done: (exitCode: number) => void): Command {
  const command = new Command('flow').description('Work with flow files.');
  for (const make of COMMANDS) command.addCommand(make(done).exitOverride());
  return command;
}
