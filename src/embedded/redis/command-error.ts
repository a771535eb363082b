/** Ends a command with an error reply; the message is the reply's text, its first word the error's code. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

export const SYNTAX_ERROR = 'ERR syntax error';
export const WRONG_TYPE = 'WRONGTYPE Operation against a key holding the wrong kind of value';

export function wrongArity(commandName: string): CommandError {
  return new CommandError(`ERR wrong number of arguments for '${commandName}' command`);
}

/** Redis's own words for a command that it does not have, with the first 128 characters of what came with it. */
export function unknownCommand(name: string, args: readonly string[]): CommandError {
  let shown = '';
  for (const arg of args) {
    if (shown.length >= 128) break;
    shown += `'${arg.slice(0, 128 - shown.length)}' `;
  }
  return new CommandError(`ERR unknown command '${name.slice(0, 128)}', with args beginning with: ${shown}`);
}

export function unknownSubcommand(commandName: string, subcommand: string): CommandError {
  return new CommandError(
    `ERR unknown subcommand '${subcommand.slice(0, 128)}'. Try ${commandName.toUpperCase()} HELP.`,
  );
}
