import { ACCOUNT, SENT } from '@tracecourt/instrumentation/wire-names';
import { attributesOf } from '../helpers/spans.js';
import type { Random } from './random.js';
import type { ToyExport } from './toy-system.js';

/** What the network did to the exports. */
export interface Arrivals {
  /** In the order of arrival, duplicates and all; each list is one export request. */
  readonly batches: readonly (readonly ToyExport[])[];
  /** Never arrived. */
  readonly lost: ReadonlySet<string>;
  /** Arrived without what they had to say for the account. */
  readonly robbed: ReadonlySet<string>;
}

/** Everything arrives, some of it twice. */
export function completeArrivals(exports: readonly ToyExport[], random: Random): Arrivals {
  return { batches: inBatches(withDuplicates(reordered(exports, random), random), random), lost: NONE, robbed: NONE };
}

/** At least one span is lost, or loses its account or its number of hand-offs. */
export function faultyArrivals(exports: readonly ToyExport[], random: Random): Arrivals {
  const lost = new Set<string>();
  const robbed = new Set<string>();
  const losePeriods = random.chance(0.4);
  const periods = losePeriods ? random.shuffled([...new Set(exports.map(({ period }) => period))]) : [];
  const lostPeriods = new Set(periods.slice(0, 1 + random.int(2)));
  const victim = random.int(exports.length);
  const arriving = exports.flatMap((exported, i) => {
    const isLost = losePeriods ? lostPeriods.has(exported.period) : i === victim || random.chance(0.05);
    if (!isLost) return [exported];
    const stripped = losePeriods || random.chance(0.6) ? undefined : robbedOf(exported);
    (stripped ? robbed : lost).add(exported.span.spanId);
    return stripped ? [stripped] : [];
  });
  return { batches: inBatches(withDuplicates(reordered(arriving, random), random), random), lost, robbed };
}

/** Spans are lost, but no account is. */
export function lossOfSpans(exports: readonly ToyExport[], random: Random): Arrivals {
  const losable = exports.filter(({ span }) => span.attributes.get(ACCOUNT) === undefined);
  const lost = new Set(
    random
      .shuffled(losable)
      .slice(0, 1 + random.int(3))
      .map(({ span }) => span.spanId),
  );
  const arriving = exports.filter(({ span }) => !lost.has(span.spanId));
  return { batches: inBatches(withDuplicates(reordered(arriving, random), random), random), lost, robbed: NONE };
}

/** Undefined if there is nothing to take. */
function robbedOf(exported: ToyExport): ToyExport | undefined {
  const { span } = exported;
  const taken = span.attributes.get(ACCOUNT) === undefined ? SENT : ACCOUNT;
  if (span.attributes.get(taken) === undefined) return undefined;
  const rest = [...span.attributes.entries()].filter(([name]) => name !== taken);
  return { ...exported, span: { ...span, attributes: attributesOf(Object.fromEntries(rest)) } };
}

/**
 * By leaving, with some jitter; anyhow; a busy period at a time; or by leaving, with one busy period last of all, which is the
 * order that tempts most to speak too early.
 */
function reordered(exports: readonly ToyExport[], random: Random): readonly ToyExport[] {
  switch (random.int(4)) {
    case 0:
      return sortedBy(exports, ({ order }) => order + random.int(8));
    case 1:
      return random.shuffled(exports);
    case 2: {
      const periods = random.shuffled([...new Set(exports.map(({ period }) => period))]);
      const place = new Map(periods.map((period, i) => [period, i]));
      return sortedBy(exports, ({ period }) => place.get(period) ?? 0);
    }
    default: {
      if (exports.length === 0) return exports;
      const last = random.pick(exports).period;
      return sortedBy(exports, ({ order, period }) => (period === last ? exports.length : 0) + order);
    }
  }
}

function sortedBy(exports: readonly ToyExport[], rank: (exported: ToyExport) => number): readonly ToyExport[] {
  return exports
    .map((exported) => ({ exported, rank: rank(exported) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ exported }) => exported);
}

/** Again at once, or again at the end. */
function withDuplicates(exports: readonly ToyExport[], random: Random): readonly ToyExport[] {
  if (random.chance(0.5)) return exports;
  const again: ToyExport[] = [];
  const arriving = exports.flatMap((exported) => {
    if (random.chance(0.1)) again.push(exported);
    return random.chance(0.1) ? [exported, exported] : [exported];
  });
  return [...arriving, ...again];
}

function inBatches(exports: readonly ToyExport[], random: Random): readonly (readonly ToyExport[])[] {
  const batches: ToyExport[][] = [];
  const largest = 1 + random.int(8);
  for (let i = 0; i < exports.length; ) {
    const size = 1 + random.int(largest);
    batches.push(exports.slice(i, i + size));
    i += size;
  }
  return batches;
}

const NONE: ReadonlySet<string> = new Set();
