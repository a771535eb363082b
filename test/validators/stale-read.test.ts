import { expect } from 'chai';
import fc from 'fast-check';
import { judge } from '../../src/validators/index.js';
import { evidenceOf, flowOf, par, rep, traceOf } from '../helpers/evidence.js';
import { evaluate } from '../helpers/gpu-request.js';
import { tell } from './cases.js';

/** What one process does, one after the other; a `heard` is the receipt of what another process sent. */
interface Act {
  readonly kind: 'write' | 'read';
  readonly key: number;
  readonly version: number | null;
  /** Runs beside the act before it instead of after. */
  readonly beside: boolean;
}

const act = fc.record({
  kind: fc.constantFrom<Act['kind']>('write', 'read'),
  key: fc.nat(1),
  version: fc.option(fc.nat(3), { freq: 8 }),
  beside: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
});
/** Two processes: the first acts, sends a message in the middle, and acts on; the second acts before it hears, and after. */
const world = fc.record({
  first: fc.tuple(fc.array(act, { maxLength: 3 }), fc.array(act, { maxLength: 2 })),
  second: fc.tuple(fc.array(act, { maxLength: 2 }), fc.array(act, { maxLength: 3 })),
  skewMs: fc.integer({ min: -500, max: 500 }),
  stamped: fc.boolean(),
});

interface Done extends Act {
  readonly process: 1 | 2;
  readonly phase: 0 | 1;
  readonly startMs: number;
  readonly endMs: number;
}

/** Acts one after another, five milliseconds each and five between; those `beside` overlap the one before by three. */
function played(
  acts: readonly Act[],
  { process, phase, fromMs }: Pick<Done, 'process' | 'phase'> & { fromMs: number },
) {
  let now = fromMs;
  return acts.map((each): Done => {
    const startMs = each.beside && now > fromMs ? now - 8 : now;
    const endMs = startMs + 5;
    now = Math.max(now, endMs + 5);
    return { ...each, process, phase, startMs, endMs };
  });
}

function happenings({ first, second }: { readonly first: readonly Act[][]; readonly second: readonly Act[][] }) {
  return [
    ...played(first[0] ?? [], { process: 1, phase: 0, fromMs: 10 }),
    ...played(first[1] ?? [], { process: 1, phase: 1, fromMs: 210 }),
    ...played(second[0] ?? [], { process: 2, phase: 0, fromMs: 30 }),
    ...played(second[1] ?? [], { process: 2, phase: 1, fromMs: 220 }),
  ];
}

/** By construction: in one process by time, from the first to the second only what came before the message. */
function knew(later: Done, earlier: Done): boolean {
  if (later.process === earlier.process) return earlier.endMs < later.startMs;
  return earlier.process === 1 && earlier.phase === 0 && later.phase === 1;
}

function isStale(read: Done, all: readonly Done[]): boolean {
  const { version } = read;
  if (read.kind !== 'read' || version === null) return false;
  return all.some((other) => other.key === read.key && (other.version ?? -1) > version && knew(read, other));
}

function linesOf(all: readonly Done[]): string {
  const acts = all.map(
    ({ kind, key, version, process, phase, startMs, endMs }, i) =>
      `x${i} ${process === 1 ? 's <m' : phase === 0 ? 't <early' : 't <heard'} ${startMs}-${endMs} step=${kind} output=${JSON.stringify({ key, version })}`,
  );
  const frame = [
    'm s 0-400',
    'p0 s <m 1-2 client',
    'early t <p0 3-400 server from=p0.1',
    'p s <m 200-204 producer',
    'heard t <p 206-400 consumer from=p.1',
  ];
  return [...frame, ...acts].join('\n');
}

const FLOW = flowOf(par(rep('write', 0, null, true), rep('read', 0, null, true)), {
  versions: [{ name: 'page', writtenBy: ['write'], readBy: ['read'], version: 'output.version', key: 'output.key' }],
});

describe('stale-read, against what each process could know', () => {
  it('is told of the stale reads and of no other, whatever the clocks say', () => {
    const seen = { stale: 0, fresh: 0 };
    fc.assert(
      fc.property(world, ({ skewMs, stamped, ...acts }) => {
        const all = happenings(acts);
        if (!all.some(({ kind }) => kind === 'read')) return;
        const trace = traceOf(linesOf(all), { stamped, skewMs: { t: skewMs } });
        const verdict = judge(evidenceOf(FLOW, trace), evaluate);
        const stale = all.flatMap((each, i) => (isStale(each, all) ? [`x${i}`] : []));
        const readers = new Set(all.flatMap(({ kind }, i) => (kind === 'read' ? [`x${i}`] : [])));
        expect(tell(verdict), linesOf(all)).to.deep.equal(stale.length > 0 ? ['stale-read(read)'] : []);
        const [finding] = verdict.findings;
        const named = (finding?.spanIds ?? []).filter((spanId) => stale.includes(spanId));
        expect([...named].sort(), linesOf(all)).to.deep.equal([...stale].sort());
        if (finding) expect(readers.has(finding.spanId ?? '')).to.equal(true);
        seen[stale.length > 0 ? 'stale' : 'fresh']++;
      }),
      { numRuns: 3_000 },
    );
    expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).to.be.greaterThan(300);
  });
});
