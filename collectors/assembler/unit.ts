import { isRoot } from './accounting-rules.js';
import { LedgerSums } from './ledger-sums.js';
import type { SpanFacts } from './span-facts.js';
import { Tally } from './tally.js';

/**
 * All spans with one key, and running answers to what is asked at every arrival, so that no arrival costs a walk through them.
 */
export interface Unit {
  readonly key: string;
  readonly spans: readonly SpanFacts[];
  /** The spans held are exactly a union of complete busy periods. */
  readonly isWhole: boolean;
  readonly hasRoot: boolean;
  /** Some process that keeps a ledger holds back: its accounts do not cover its spans, or nobody's account came yet. */
  readonly hasOpenAccount: boolean;
  /** Parents of its spans that are not held. */
  readonly absentParents: TallyView;
  /** Parents, remote for all that is known, that are not held, or that counted fewer hand-offs than were received. */
  readonly openParents: TallyView;
  /** Senders of messages that its spans work on, as far as they are not held. */
  readonly absentSenders: TallyView;
  /** Hand-offs of its spans that are not settled. */
  readonly unsettled: TallyView;
  /** Keys of the units that received its hand-offs. */
  readonly receivers: TallyView;
}

export type TallyView = Pick<Tally<string>, 'size' | 'has' | 'keys'>;

export class GrowingUnit implements Unit {
  readonly key: string;
  readonly spans: SpanFacts[] = [];
  readonly absentParents = new Tally<string>();
  readonly openParents = new Tally<string>();
  readonly absentSenders = new Tally<string>();
  readonly unsettled = new Tally<string>();
  readonly receivers = new Tally<string>();
  hasRoot = false;
  readonly #sums = new LedgerSums();
  readonly #processes = new Map<string, { readonly sums: LedgerSums; hasLedger: boolean }>();
  #openAccounts = 0;

  constructor(key: string) {
    this.key = key;
  }

  add(facts: SpanFacts): void {
    this.spans.push(facts);
    this.hasRoot ||= isRoot(facts);
    this.#sums.add(facts);
    const process = this.#processOf(facts);
    const wasOpen = isOpen(process);
    process.sums.add(facts);
    process.hasLedger ||= facts.hasLedger;
    this.#openAccounts += Number(isOpen(process)) - Number(wasOpen);
  }

  get isWhole(): boolean {
    return this.#sums.areEven;
  }

  get hasOpenAccount(): boolean {
    return this.#openAccounts > 0;
  }

  #processOf({ process: { id } }: SpanFacts) {
    const held = this.#processes.get(id);
    if (held) return held;
    const process = { sums: new LedgerSums(), hasLedger: false };
    this.#processes.set(id, process);
    return process;
  }
}

function isOpen({ sums, hasLedger }: { readonly sums: LedgerSums; readonly hasLedger: boolean }): boolean {
  return hasLedger && !sums.areEven;
}
