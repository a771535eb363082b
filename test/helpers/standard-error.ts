/** Takes what is written to standard error, until it is disposed of. */
export function listenToStandardError(): Disposable & { lines(): readonly string[] } {
  const { write } = process.stderr;
  let text = '';
  process.stderr.write = ((chunk: string) => {
    text += chunk;
    return true;
  }) as typeof process.stderr.write;
  return {
    lines: () => text.split('\n').filter((line) => line !== ''),
    [Symbol.dispose]: () => {
      process.stderr.write = write;
    },
  };
}
