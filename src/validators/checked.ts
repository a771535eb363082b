import type { Finding, UnknownReason } from '../model/index.js';

/** What a check came to where it may have to say that it cannot tell. */
export interface Checked {
  readonly findings: readonly Finding[];
  readonly reasons: readonly UnknownReason[];
}

export const NOTHING_FOUND: Checked = { findings: [], reasons: [] };

/** What several checks came to, in their order. */
export function joinChecked(checks: readonly Checked[]): Checked {
  return { findings: checks.flatMap(({ findings }) => findings), reasons: checks.flatMap(({ reasons }) => reasons) };
}
