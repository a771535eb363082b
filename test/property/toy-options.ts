/** Ways to leave the hypotheses under which completion is proven. */
export const LEAKS = ['late-work', 'undeclared-group', 'copied-header', 'redelivery-after-success', 'crash'] as const;
export type Leak = (typeof LEAKS)[number];

/** What a random system may do. */
export interface ToyOptions {
  /** Something never arrives, or passes a process without a ledger: completion cannot be proven, and must not be claimed. */
  readonly unprovable: boolean;
  readonly leak?: Leak;
}
