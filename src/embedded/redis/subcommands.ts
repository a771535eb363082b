import { type CommandFamily, fitsArity, type Run } from './command.js';
import { unknownSubcommand, wrongArity } from './command-error.js';

/** Runs `CONTAINER SUBCOMMAND args…`; inside, the name is `container|subcommand`, as in Redis's own errors. */
export function subcommands(container: string, family: CommandFamily): Run {
  return (call) => {
    const [word = '', ...args] = call.args;
    const subcommand = word.toLowerCase();
    const command = Object.hasOwn(family, subcommand) ? family[subcommand] : undefined;
    if (command === undefined) throw unknownSubcommand(container, word);
    const name = `${container}|${subcommand}`;
    if (!fitsArity(command.arity, args.length + 2)) throw wrongArity(name);
    return command.run({ ...call, name, args });
  };
}
