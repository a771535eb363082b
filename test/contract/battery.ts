/**
 * One battery, two servers. The rows of a store's battery are plain tests, and hold for the embedded server and the real one
 * alike. Where the embedded one cannot do the same, the row is a difference: one look, two answers, each of them asserted
 * where it belongs. What ran is collected here; `written-differences.test.ts` holds docs/embedded.md to it.
 */
import { expect } from 'chai';

export type Store = 'Neo4j' | 'Kafka' | 'Redis';

export interface BatteryTarget {
  readonly store: Store;
  readonly server: 'real' | 'embedded';
  /** Product and version as the server itself tells them, if it does: `Redis 7.0.15`. */
  readonly identify?: () => Promise<string>;
}

/** What one of the two servers does: in words, and as the answer that must be seen. */
export interface Behaviour {
  /** Completes "the server …" in a table: `runs the script`. */
  readonly does: string;
  /** Equal to what was seen, deeply. */
  readonly answer: unknown;
}

/** A row on which the two servers differ. */
export interface Difference {
  /** What is done, and seen; the same on both servers. An error that is expected is caught and told, not thrown. */
  readonly see: () => Promise<unknown>;
  readonly real: Behaviour;
  readonly embedded: Behaviour;
}

/** Adds a row on which the servers differ, in the place of `it`. */
export type Differs = (title: string, difference: Difference) => Mocha.Test;

/** One row as it ran; the same row MAY run several times, in other protocols or modes. */
export interface RanRow {
  readonly target: BatteryTarget;
  /** The innermost `describe`, and the title: `strings: keeps what SET was given`. */
  readonly name: string;
  readonly passed: boolean;
  readonly difference: Difference | undefined;
}

const ran: RanRow[] = [];
const identities = new Map<Store, string>();

export function rowsThatRan(store: Store): readonly RanRow[] {
  return ran.filter(({ target }) => target.store === store);
}

/** What the real server of this run calls itself. */
export function identityOfReal(store: Store): string {
  return identities.get(store) ?? store;
}

/** A `describe` whose tests are rows of the store's battery. */
export function battery(target: BatteryTarget, rows: (this: Mocha.Suite, differs: Differs) => void): void {
  const { store, server, identify } = target;
  const differences = new WeakMap<Mocha.Test, Difference>();
  describe(`${store} battery: ${server}`, function () {
    if (server === 'real' && identify) before(async () => void identities.set(store, await identify()));

    afterEach(function () {
      const row = this.currentTest;
      if (!row) return;
      const name = `${row.parent?.title}: ${row.title}`;
      ran.push({ target, name, passed: row.state === 'passed', difference: differences.get(row) });
    });

    rows.call(this, (title, difference) => {
      const row = it(title, () => expectDifference(difference, server));
      differences.set(row, difference);
      return row;
    });
  });
}

/** Holds a server to its side of a difference. Two sides that are the same are no difference: that fails too. */
export async function expectDifference(difference: Difference, server: BatteryTarget['server']): Promise<void> {
  const { see, real, embedded } = difference;
  expect(embedded.answer, 'both servers are said to answer this: make it a plain row').not.to.deep.equal(real.answer);
  const seen = await see();
  if (server === 'embedded') {
    expect(seen, 'the embedded server does what the real one does: make it a plain row').not.to.deep.equal(real.answer);
  }
  expect(seen, `expected that the ${server} server ${difference[server].does}`).to.deep.equal(
    difference[server].answer,
  );
}
