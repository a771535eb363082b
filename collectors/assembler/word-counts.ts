import { COMPLETION_REASONS, type CompletionReason } from '../../src/model/index.js';
import type { AssemblerCounts } from '../counts.js';

/** Counts the words spoken about requests, by their reason. */
export class WordCounts {
  readonly #counts = new Map<CompletionReason, Record<'first' | 'later', number>>(
    COMPLETION_REASONS.map((reason) => [reason, { first: 0, later: 0 }]),
  );

  add(reason: CompletionReason, revision: number): void {
    const counts = this.#counts.get(reason);
    if (counts) counts[revision === 1 ? 'first' : 'later'] += 1;
  }

  all(): AssemblerCounts['completed'] {
    const copies = [...this.#counts].map(([reason, counts]) => [reason, { ...counts }]);
    return Object.fromEntries(copies) as AssemblerCounts['completed'];
  }
}
