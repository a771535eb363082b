import type { Command } from 'commander';
import { TracecourtError } from '../errors.js';
import { several } from './several.js';

/** Adds the option that sets a flow's parameters. */
export function withParameters(command: Command): Command {
  return command.option('--param <name=value>', 'set a parameter of the flow; may be given several times', several);
}

/** The parameters as they were given. Throws TracecourtError `usage` for one without a name or a value. */
export function parametersOf(given: readonly string[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf('=');
      if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
      throw new TracecourtError('usage', `--param takes name=value, got "${text}".`);
    }),
  );
}
