import { type MochaOptions, type Runner, reporters } from 'mocha';

/** Mocha's `spec` reporter with a last line that machines can read: `N passed, N failed`, and `, N skipped` if there are any. */
export default class CountingReporter extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    runner.once('end', () => {
      const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
      process.stdout.write(`${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ''}\n`);
    });
  }
}
