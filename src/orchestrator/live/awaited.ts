import type { Accounting, Awaited } from '../../model/index.js';

/** What an open request waits for, without times. */
export type Awaits = Omit<Awaited, 'sinceMs'>;

/**
 * What stands between an open request and its completion: the steps that the flow calls for next; where there are none, who owes spans, and hand-offs that
 * nobody has taken.
 */
export function awaitsOf(steps: readonly string[], accountingNow: () => Accounting | undefined): readonly Awaits[] {
  if (steps.length > 0) return steps.map((name) => ({ what: 'step', name }));
  const accounting = accountingNow();
  if (!accounting) return [];
  const owing = accounting.processes.filter(
    ({ spansHeld, spansCounted }) => spansCounted !== undefined && spansCounted !== spansHeld,
  );
  const untaken = accounting.unsettled.filter(({ receipts = 0 }) => receipts === 0);
  const orphans = accounting.missingParents;
  return unique([
    ...owing.map(({ service }): Awaits => ({ what: 'spans', name: service })),
    ...untaken.map(
      ({ service, peer }): Awaits => ({ what: 'receipt', name: peer === '' ? `whom ${service} called` : peer }),
    ),
    ...orphans.map(({ service }): Awaits => ({ what: 'caller', name: service })),
  ]);
}

function unique(all: readonly Awaits[]): readonly Awaits[] {
  return [...new Map(all.map((each) => [keyOf(each), each])).values()];
}

export function keyOf({ what, name }: Awaits): string {
  return `${what} ${name}`;
}

/** Since when each thing is awaited. */
export class Waits {
  #since = new Map<string, { readonly awaits: Awaits; readonly since: number }>();

  /** From `now` on these are awaited; those that were before, since then. */
  update(awaits: readonly Awaits[], now: number): void {
    this.#since = new Map(
      awaits.map((each) => [keyOf(each), { awaits: each, since: this.#since.get(keyOf(each))?.since ?? now }]),
    );
  }

  at(now: number): readonly Awaited[] {
    return [...this.#since.values()].map(({ awaits, since }) => ({ ...awaits, sinceMs: Math.round(now - since) }));
  }
}
