import { type ParseArgsConfig, parseArgs } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;
type Values<O extends Options> = ReturnType<typeof parseArgs<{ options: O }>>['values'];

/** What a benchmark was asked for. Prints `usage` when asked for help, and beside what is wrong with an option; the process ends then. */
export function benchOptions<O extends Options>(usage: string, options: O): Values<O> {
  try {
    if (process.argv.includes('--help')) end(usage, 0);
    return parseArgs({ options }).values;
  } catch (error) {
    return end(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`, 3);
  }
}

/** An option that says how many: a whole number from 1 on. */
export function howMany(value: string, option: string): number {
  const count = Number(value);
  if (Number.isInteger(count) && count >= 1) return count;
  return end(`--${option} is ${JSON.stringify(value)}; expected is a whole number from 1 on.`, 3);
}

function end(text: string, code: number): never {
  (code === 0 ? process.stdout : process.stderr).write(`${text}\n`);
  process.exit(code);
}
