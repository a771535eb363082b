/** One clear line to the operator, once for each subject: tracing never gets in the way of the service it watches. */
const told = new Set<string>();

/** Writes `tracecourt: <message>` to standard error, unless that was done about the same subject before. */
export function warnOnce(subject: string, message: string): void {
  if (told.has(subject)) return;
  told.add(subject);
  process.stderr.write(`tracecourt: ${message}\n`);
}

/** What to say of anything that was thrown. */
export function describeError(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(describeError).join('; ');
  return error instanceof Error ? error.message || error.name : String(error);
}
