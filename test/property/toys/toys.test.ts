import { expect } from 'chai';
import type { Verdict } from '../../../src/model/index.js';
import { FAULT_KINDS, type Planted } from './faults.js';
import { type CleanRequest, cleanRequests, faultyRequests, openVerdicts, type Taken } from './toy-runs.js';

/** 12,000 requests with a fault, and 10,080 without. */
const SHAPES = Array.from({ length: 24 }, (_, i) => i + 1);
const FAULTY_PER_SHAPE = 500;
const CLEAN_PER_SHAPE_AND_LACK = 105;
const OPEN_PER_SHAPE = 6;
const LACKS: readonly Taken[] = ['nothing', 'stamps', 'accounts', 'spans'];

function told(verdict: Verdict | undefined): string {
  return (verdict?.findings ?? []).map(({ code, step = '' }) => `${code}(${step})`).join(' ') || 'nothing';
}

/** The fault that was planted, and nothing else. */
function isFound({ code, steps }: Planted, verdict: Verdict | undefined): boolean {
  const [finding, ...others] = verdict?.findings ?? [];
  if (!finding || others.length > 0 || finding.code !== code) return false;
  return steps === undefined || (finding.step !== undefined && steps.includes(finding.step));
}

/** No false alarm: it passes, or, where telemetry was taken away, is unknown for that. */
function isFair({ taken, verdict }: CleanRequest): boolean {
  if (verdict?.outcome === 'pass') return true;
  const isPartial = taken === 'accounts' || taken === 'spans';
  const reasons = (verdict?.reasons ?? []).map(({ code }) => code);
  return (
    isPartial &&
    verdict?.outcome === 'unknown' &&
    reasons.some((code) => ['telemetry-lost', 'incomplete'].includes(code))
  );
}

describe('toy systems', () => {
  const kinds = new Set<string>();

  for (const seed of SHAPES) {
    it(`of shape ${seed} are found to have the fault that each request was given, and no other`, async () => {
      const requests = await faultyRequests(seed, FAULTY_PER_SHAPE);
      for (const { planted } of requests) kinds.add(planted.kind);
      const wrong = requests.filter(({ planted, verdict }) => !isFound(planted, verdict));
      expect(
        wrong.map(({ request, planted, verdict }) => `${request}, ${planted.kind}: ${told(verdict)}`),
      ).to.deep.equal([]);
      expect(requests).to.have.length(FAULTY_PER_SHAPE);
    });
  }

  it('were given faults of every kind', () => {
    expect([...kinds].sort()).to.deep.equal([...FAULT_KINDS].sort());
  });

  it('raise no alarm at any moment while their spans come in', async () => {
    let judged = 0;
    for (const seed of SHAPES) {
      const verdicts = await openVerdicts(seed, OPEN_PER_SHAPE);
      judged += verdicts.length;
      const alarms = verdicts.filter(({ findings }) => findings.length > 0);
      expect(alarms.map((verdict) => `${verdict.requestId}: ${told(verdict)}`)).to.deep.equal([]);
      expect(verdicts.every(({ outcome }) => outcome === 'unknown')).to.equal(true);
    }
    expect(judged).to.be.greaterThan(1_000);
  });

  for (const taken of LACKS) {
    it(`raise no false alarm with clocks half a second apart and ${taken === 'nothing' ? 'whole telemetry' : `${taken} taken away`}`, async () => {
      const outcomes = new Set<string | undefined>();
      for (const seed of SHAPES) {
        const requests = await cleanRequests(seed, { count: CLEAN_PER_SHAPE_AND_LACK, taken });
        for (const { verdict } of requests) outcomes.add(verdict?.outcome);
        const unfair = requests.filter((request) => !isFair(request));
        expect(unfair.map(({ request, verdict }) => `${request}: ${verdict?.outcome}, ${told(verdict)}`)).to.deep.equal(
          [],
        );
      }
      expect(outcomes.has('unknown')).to.equal(taken === 'spans');
    }).timeout(300_000);
  }
});
