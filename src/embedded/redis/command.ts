import { wrongArity } from './command-error.js';
import type { Keyspace } from './keyspace.js';
import type { Reply } from './reply.js';
import type { ServerState } from './server-state.js';
import type { Session } from './session.js';

/** One command being carried out. */
export interface Call {
  /** Lower case. */
  readonly name: string;
  /** What followed the name. */
  readonly args: readonly string[];
  readonly session: Session;
  readonly server: ServerState;
  /** The database that the connection has selected. */
  readonly keys: Keyspace;
  /** False within a transaction: its commands are all done at once. */
  readonly mayWait: boolean;
}

/** Does the command, or throws CommandError with the error reply. It MUST NOT change anything before it throws. */
export type Run = (call: Call) => Reply;

export interface Command {
  /** As in Redis: words with the name; negative means at least so many. */
  readonly arity: number;
  readonly run: Run;
}

/** A command whose first argument says which one it is: `CLIENT ID`. Arities count both words. */
export interface Container {
  readonly arity: number;
  readonly subcommands: Readonly<Record<string, Command>>;
}

export type CommandFamily = Readonly<Record<string, Command | Container>>;

export function fitsArity(arity: number, words: number): boolean {
  return arity < 0 ? words >= -arity : words === arity;
}

/** The argument at the index; its absence, which the arity rules out, is answered like a wrong arity. */
export function argument(call: Call, index: number): string {
  const text = call.args[index];
  if (text === undefined) throw wrongArity(call.name);
  return text;
}

/** `[a, b, c, d]` as `[[a, b], [c, d]]`. An odd number is answered like a wrong arity. */
export function pairs(call: Call, args: readonly string[]): readonly (readonly [string, string])[] {
  const found: [string, string][] = [];
  for (let index = 0; index < args.length; index += 2) {
    const second = args[index + 1];
    if (second === undefined) throw wrongArity(call.name);
    found.push([args[index] ?? '', second]);
  }
  return found;
}
