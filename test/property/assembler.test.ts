import { expect } from 'chai';
import type { AssembledRequest } from '../../src/model/index.js';
import { completeArrivals, faultyArrivals, lossOfSpans } from './arrivals.js';
import { type Assembled, assemble, type Word } from './assembling.js';
import { createRandom } from './random.js';
import { seeds } from './seeds.js';
import { LEAKS, type Leak } from './toy-options.js';
import { runToySystem, type ToyExport, type ToyRequest, type ToySystem } from './toy-system.js';

const SYSTEMS = 10_000;
const SYSTEMS_PER_LEAK = 2_000;

function isEarly({ said, request, missing }: Word): boolean {
  return said.completedBy === 'accounted' && (request === undefined || missing > 0);
}

/** A redelivery succeeded, and an attempt that had failed before is not held: no account tells of it. */
function isBeforeAnAttempt({ said, missing, untold }: Word): boolean {
  return said.completedBy === 'accounted' && missing === 0 && untold > 0;
}

/** Nobody is silent about a span: every revision says what it adds, and the last one has all that came. */
function expectNothingSilent(system: ToySystem, { words, final }: Assembled, arrived: readonly ToyExport[]): void {
  const known = new Set(system.requests.map(({ requestId }) => requestId));
  for (const [id, { completedBy }] of final) {
    // What is left of a process that crashed may be tied to nothing; it is never called complete.
    if (system.hasCrashed) expect(known.has(id) || completedBy !== 'accounted', `request ${id}`).to.equal(true);
    else expect(known.has(id), `request ${id} is one of the system's`).to.equal(true);
  }
  for (const [id, last] of final) expectRevisions(id, words, last);
  for (const { span, touches } of arrived) {
    const owners = system.requests.filter(({ bit }) => touches & bit);
    const ids = system.hasCrashed ? [...final.keys()] : owners.map(({ requestId }) => requestId);
    const holders = ids.filter((id) => holds(final.get(id), span.spanId));
    if (owners.length > 0) expect(holders, `${span.name} ${span.spanId} is in some request`).to.not.be.empty;
  }
}

function expectRevisions(id: string, words: readonly Word[], last: AssembledRequest): void {
  const spoken = words.filter(({ said }) => said.requestId === id).map(({ said }) => said);
  expect(spoken.map(({ revision }) => revision)).to.deep.equal(spoken.map((_, i) => i + 1));
  for (const [i, { spans, lateSpanIds }] of spoken.entries()) {
    const before = new Set(spoken[i - 1]?.spans.map(({ spanId }) => spanId));
    const late = i === 0 ? [] : spans.map(({ spanId }) => spanId).filter((spanId) => !before.has(spanId));
    const isNews = i === 0 || late.length > 0 || spans.length < before.size;
    expect(isNews, `revision ${i + 1} says something new`).to.equal(true);
    expect([...lateSpanIds].sort(), `late spans of revision ${i + 1}`).to.deep.equal(late.sort());
  }
  const said = spoken.at(-1)?.spans.map(({ spanId }) => spanId);
  expect(said, 'the last word has everything').to.deep.equal(last.spans.map(({ spanId }) => spanId));
}

const spanIds = new WeakMap<AssembledRequest, ReadonlySet<string>>();

function holds(request: AssembledRequest | undefined, spanId: string): boolean {
  if (!request) return false;
  const ids = spanIds.get(request) ?? new Set(request.spans.map((span) => span.spanId));
  spanIds.set(request, ids);
  return ids.has(spanId);
}

function inContext(seed: number, check: () => void): void {
  try {
    check();
  } catch (error) {
    throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

describe('the assembler with random systems', () => {
  it('inside the hypotheses, says accounted at the last arrival and not before, once', () => {
    for (const seed of seeds(2_000_000, SYSTEMS)) {
      const system = runToySystem(seed, { unprovable: false });
      const assembled = assemble(system, completeArrivals(system.exports, createRandom(-seed)));
      inContext(seed, () => {
        expect(assembled.words.filter(isEarly).map(idOf), 'too early').to.deep.equal([]);
        expect(
          assembled.tooLate.map(({ requestId }) => requestId),
          'too late',
        ).to.deep.equal([]);
        expectNothingSilent(system, assembled, system.exports);
      });
    }
  });

  it('never says accounted while anything is missing', () => {
    for (const seed of seeds(2_010_000, SYSTEMS)) {
      const system = runToySystem(seed, { unprovable: seed % 2 === 0 });
      const { words } = assemble(system, faultyArrivals(system.exports, createRandom(-seed)));
      inContext(seed, () => expect(words.filter(isEarly).map(idOf)).to.deep.equal([]));
    }
  });

  it('names the process that lost spans, and how many', () => {
    let named = 0;
    for (const seed of seeds(2_020_000, SYSTEMS)) {
      const system = runToySystem(seed, { unprovable: false });
      const arrivals = lossOfSpans(system.exports, createRandom(-seed));
      const { final } = assemble(system, arrivals);
      inContext(seed, () => {
        for (const request of system.requests) {
          named += expectLossNamed(system, { request, final: final.get(request.requestId), lost: arrivals.lost });
        }
      });
    }
    expect(named).to.be.greaterThan(0);
  });
});

describe('the assembler with random systems that leave the hypotheses', () => {
  for (const leak of [...LEAKS, 'late-attempt'] as const) {
    it(`may speak too early of ${leak}, and then says so in a revision`, () => {
      let early = 0;
      for (const seed of seeds(2_030_000, SYSTEMS_PER_LEAK)) {
        const system = runToySystem(seed, { unprovable: false, ...leaking(leak) });
        const assembled = assemble(system, completeArrivals(system.exports, createRandom(-seed)));
        const earlyWords = assembled.words.filter(leak === 'late-attempt' ? isBeforeAnAttempt : isEarly);
        early += earlyWords.length;
        inContext(seed, () => {
          if (leak !== 'late-attempt') expect(earlyWords.length === 0 || system.hasLeaked).to.equal(true);
          expectNothingSilent(system, assembled, system.exports);
        });
      }
      expect(early, 'early words').to.be.greaterThan(0);
    });
  }
});

function leaking(leak: Leak | 'late-attempt'): { readonly leak?: Leak } {
  return leak === 'late-attempt' ? {} : { leak };
}

function idOf({ said }: Word): string {
  return said.requestId;
}

interface Loss {
  readonly request: ToyRequest;
  readonly final: AssembledRequest | undefined;
  readonly lost: ReadonlySet<string>;
}

/** Returns how many processes had to be named. */
function expectLossNamed(system: ToySystem, { request, final, lost }: Loss): number {
  const { requestId, bit } = request;
  const missing = system.exports.filter(({ span }) => lost.has(span.spanId));
  if (missing.some(({ requests }) => requests & bit)) expect(final?.completedBy).to.not.equal('accounted');
  const keys = ownKeys(system, requestId, final);
  const counts = new Map<string, number>();
  for (const { process, key } of missing) if (keys.has(key)) counts.set(process, (counts.get(process) ?? 0) + 1);
  for (const { instanceId, spansCounted, spansHeld } of final?.accounting.processes ?? []) {
    expect((spansCounted ?? 0) - spansHeld, `spans missing of ${instanceId}`).to.equal(counts.get(instanceId) ?? 0);
    counts.delete(instanceId);
  }
  expect([...counts.keys()], 'processes not named').to.deep.equal([]);
  return missing.filter(({ key }) => keys.has(key)).length;
}

/** Keys of the units that are the request's alone, as far as what arrived can tell. */
function ownKeys(system: ToySystem, requestId: string, final: AssembledRequest | undefined): ReadonlySet<string> {
  const held = system.exports.filter(({ span }) => holds(final, span.spanId));
  const isOfAnother = (key: string) => system.requests.some((other) => other.requestId === key && key !== requestId);
  return new Set(held.map(({ key }) => key).filter((key) => !isOfAnother(key)));
}
