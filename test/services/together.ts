/** Runs all to their end, the others cut short as soon as one fails, and throws the first error. */
export async function together(
  outer: AbortSignal | undefined,
  works: readonly ((signal: AbortSignal) => Promise<void>)[],
): Promise<void> {
  const giveUp = new AbortController();
  const signal = AbortSignal.any([giveUp.signal, ...(outer ? [outer] : [])]);
  const errors: unknown[] = [];
  const cutShort = (error: unknown) => {
    errors.push(error);
    giveUp.abort();
  };
  await Promise.all(works.map((work) => work(signal).catch(cutShort)));
  outer?.throwIfAborted();
  if (errors.length > 0) throw errors[0];
}
