import { type MochaOptions, type Runner, reporters, type Test } from 'mocha';
import { whatWouldEnable } from './skip.js';

const FORBID_SKIPPED = 'TRACECOURT_FORBID_SKIPPED';

/**
 * Mocha's `spec` reporter with an end that tells what was skipped and what would enable it, a line each, and a last line that
 * machines can read: `N passed, N failed`, and `, N skipped` if there are any. Where TRACECOURT_FORBID_SKIPPED is 1, a run
 * that skipped something has failed.
 */
export default class CountingReporter extends reporters.Spec {
  readonly #skipped = new Set<Test>();

  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    runner.on('pending', (test: Test) => this.#skipped.add(test));
    runner.once('end', () => {
      const { passes = 0, failures = 0 } = runner.stats ?? {};
      process.stdout.write(`${this.#skippedLines()}${passes} passed, ${failures} failed${this.#skippedCount()}\n`);
    });
  }

  /** Mocha's last word: `failures` becomes the exit code. */
  override done(failures: number, finish: (failures: number) => void): void {
    finish(failures === 0 && this.#isForbidden() ? 1 : failures);
  }

  #isForbidden(): boolean {
    return process.env[FORBID_SKIPPED] === '1' && this.#skipped.size > 0;
  }

  #skippedLines(): string {
    if (this.#skipped.size === 0) return '';
    const title = this.#isForbidden() ? `Skipped, which ${FORBID_SKIPPED}=1 forbids` : 'Skipped';
    const lines = [...this.#skipped].map(
      (test) => `  ${test.fullTitle()}: ${whatWouldEnable(test) ?? 'it does not say what would enable it'}\n`,
    );
    return `${title}:\n${lines.join('')}\n`;
  }

  #skippedCount(): string {
    return this.#skipped.size > 0 ? `, ${this.#skipped.size} skipped` : '';
  }
}
