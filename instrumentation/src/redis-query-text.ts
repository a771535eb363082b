/** What a Redis command does, without its values. */

export type RedisArguments = readonly unknown[];

/** Commands whose first argument is no key. */
const KEYLESS = new Set([
  'acl',
  'config',
  'echo',
  'function',
  'memory',
  'object',
  'ping',
  'script',
  'xread',
  'xreadgroup',
]);

/** Scripts: the script or its digest, the number of keys, the keys. */
const SCRIPTS = new Set(['eval', 'eval_ro', 'evalsha', 'evalsha_ro', 'fcall', 'fcall_ro']);

const MAX_ARGUMENTS_SHOWN = 16;

/** `SET ctx:42 ? ? ?`: the command in capitals, the key (of a script, its keys), and a `?` for everything else. */
export function redisQueryText(command: string, args: RedisArguments): string {
  const isShown = shownBy(command.toLowerCase(), args);
  const shown = args.slice(0, MAX_ARGUMENTS_SHOWN).map((arg, i) => (isShown(i) ? keyText(arg) : '?'));
  const more = args.length > MAX_ARGUMENTS_SHOWN ? ['...'] : [];
  return [command.toUpperCase(), ...shown, ...more].join(' ');
}

function shownBy(command: string, args: RedisArguments): (index: number) => boolean {
  if (KEYLESS.has(command)) return () => false;
  if (!SCRIPTS.has(command)) return (index) => index === 0;
  const keys = Number(args[1]);
  return Number.isInteger(keys) ? (index) => index >= 1 && index < 2 + keys : () => false;
}

function keyText(arg: unknown): string {
  return Array.isArray(arg) ? keyText(arg[0]) : String(arg);
}
