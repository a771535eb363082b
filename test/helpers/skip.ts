import type { Runnable, Suite } from 'mocha';

const enabledBy = new WeakMap<Runnable | Suite, string>();

/**
 * Skips the test, or from a hook the tests of its suite, and says what would enable them: the reporter prints it at the end.
 * An imperative: `run it on Linux`, `set REDIS_URL=redis://HOST:PORT`.
 */
export function skip(context: Mocha.Context, whatToDo: string): never {
  const { test } = context;
  const skipped = test && 'type' in test && test.type === 'hook' ? test.parent : test;
  if (skipped) enabledBy.set(skipped, whatToDo);
  return context.skip();
}

/** What would enable a skipped test, if it was skipped with a word. */
export function whatWouldEnable(test: Runnable): string | undefined {
  const own = enabledBy.get(test);
  if (own !== undefined) return own;
  for (let suite = test.parent; suite; suite = suite.parent) {
    const ofSuite = enabledBy.get(suite);
    if (ofSuite !== undefined) return ofSuite;
  }
  return undefined;
}
