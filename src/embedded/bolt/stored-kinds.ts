import type { BoltValue } from './bolt-value.js';
import { unsupported } from './failure.js';
import type { PropertyUse, StatementUses } from './property-uses.js';

/** Kinds of values that the engine takes for one another, and Neo4j does not; or the other way round. */
type Kind = 'integer' | 'whole float' | 'broken float' | 'digits';

/** Tells whether nodes with that label must differ in that property. */
export type IsUnique = (label: string, key: string) => boolean;

/**
 * Remembers of which kinds the values of each property are, by label, as far as statements tell it beforehand.
 *
 * The engine takes the number 1 and the text '1' for equal, Neo4j does not; MERGE and uniqueness take 1 and 1.0 for two in
 * the engine, for one in Neo4j. Where such values would meet, the statement is refused: any answer could be wrong.
 */
export class StoredKinds {
  readonly #kinds = new Map<string, Map<string, Set<Kind>>>();

  /** Throws BoltFailure for a statement whose answer could be wrong; else takes note of what it stores. */
  admit({ properties, comparisons }: StatementUses, isUnique: IsUnique): void {
    for (const [some, others] of comparisons) refuseMeeting(kindsOf(some), kindsOf(others), '');
    for (const use of properties) {
      if (mustMatchExactly(use, isUnique)) this.#refuseTwoNumbers(use);
      if (use.as !== 'compared') this.#note(use);
    }
    for (const use of properties)
      if (use.as === 'compared') refuseMeeting(kindsOf(use.values), this.#storedIn(use), ` (\`${use.key}\`)`);
  }

  #refuseTwoNumbers(use: PropertyUse): void {
    const kinds = new Set([...kindsOf(use.values), ...this.#storedIn(use)]);
    const isNew = use.values.some((value) => typeof value === 'bigint' || Number.isInteger(value));
    if (!isNew || !kinds.has('integer') || !kinds.has('whole float')) return;
    throw unsupported(`An integer beside a float in \`${use.key}\`, which has to be merged or unique,`);
  }

  #note({ labels, key, values }: PropertyUse): void {
    for (const label of labels.length > 0 ? labels : ['']) {
      const kinds = this.#byLabel(key).get(label) ?? new Set();
      this.#byLabel(key).set(label, kinds);
      for (const kind of kindsOf(values)) kinds.add(kind);
    }
  }

  /** Of nodes that the use can be about: all of them where a label is not known. */
  #storedIn({ labels, key }: PropertyUse): ReadonlySet<Kind> {
    const all = [...this.#byLabel(key)];
    const meant = labels.length === 0 ? all : all.filter(([label]) => label === '' || labels.includes(label));
    return new Set(meant.flatMap(([, kinds]) => [...kinds]));
  }

  #byLabel(key: string): Map<string, Set<Kind>> {
    const known = this.#kinds.get(key) ?? new Map<string, Set<Kind>>();
    this.#kinds.set(key, known);
    return known;
  }
}

function mustMatchExactly({ as, labels, key }: PropertyUse, isUnique: IsUnique): boolean {
  return as === 'merged' || (as === 'stored' && labels.some((label) => isUnique(label, key)));
}

function refuseMeeting(some: ReadonlySet<Kind>, others: ReadonlySet<Kind>, where: string): void {
  if (!(some.has('digits') && hasNumber(others)) && !(others.has('digits') && hasNumber(some))) return;
  throw unsupported(`Comparing a number with a text of digits${where}, which its engine takes for equal,`);
}

function hasNumber(kinds: ReadonlySet<Kind>): boolean {
  return kinds.size > (kinds.has('digits') ? 1 : 0);
}

function kindsOf(values: readonly BoltValue[]): ReadonlySet<Kind> {
  return new Set(values.map(kindOf).filter((kind) => kind !== undefined));
}

function kindOf(value: BoltValue): Kind | undefined {
  if (typeof value === 'bigint') return 'integer';
  if (typeof value === 'number') return Number.isInteger(value) ? 'whole float' : 'broken float';
  return typeof value === 'string' && isDigits(value) ? 'digits' : undefined;
}

/** What the engine reads as a number. */
function isDigits(text: string): boolean {
  return /^[+-]?(?:\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|inf|infinity|nan)$/i.test(text);
}
