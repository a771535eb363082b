import { expect } from 'chai';
import type { AssembledRequest, CompiledFlow, FlowCoverage } from '../../src/model/index.js';
import { type CoveredCase, RunCoverage } from '../../src/orchestrator/cover.js';
import { choice, flowOf, traceOf } from '../helpers/evidence.js';

const FLOW = flowOf(choice('a', 'b'));

function requestOf(step: string): AssembledRequest {
  return traceOf(`${step} s 0-9 server step=${step}`, { stamped: true });
}

function caseOf(requestId: string, likeness: string | undefined, flow: CompiledFlow = FLOW): CoveredCase {
  return { requestId, likeness, observations: [], runCase: { loaded: { flow } } };
}

function branchesTaken(coverage: readonly FlowCoverage[]): readonly number[] {
  return coverage.flatMap(({ parts }) => parts.filter(({ kind }) => kind === 'branch').map(({ requests }) => requests));
}

function never(requestId: string): never {
  throw new Error(`${requestId} was asked for.`);
}

describe('the coverage of a run', () => {
  it('counts requests alike by the first of them, and asks for none of them in the end', () => {
    const coverage = new RunCoverage();
    const cases = [caseOf('r-1', 'took a'), caseOf('r-2', 'took a'), caseOf('r-3', 'took b')];
    expect(cases.map((one, i) => coverage.add(one, requestOf(i < 2 ? 'a' : 'b')))).to.deep.equal([true, true, true]);
    expect(branchesTaken(coverage.of(cases, never))).to.deep.equal([2, 1]);
  });

  it('asks in the end for those of which nothing is alike, and for those that were judged anew', () => {
    const coverage = new RunCoverage();
    expect(coverage.add(caseOf('r-1', undefined), requestOf('a'))).to.equal(false);
    coverage.add(caseOf('r-2', 'took a'), requestOf('a'));
    const asked: string[] = [];
    const covered = coverage.of([caseOf('r-1', undefined), caseOf('r-2', undefined)], (requestId) => {
      asked.push(requestId);
      return requestOf('b');
    });
    expect(asked).to.deep.equal(['r-1', 'r-2']);
    expect(branchesTaken(covered)).to.deep.equal([0, 2]);
  });

  it('asks for requests of the flow with other parameters: alike is what exercised the same of the very same flow', () => {
    const coverage = new RunCoverage();
    coverage.add(caseOf('r-1', 'took a'), requestOf('a'));
    const other = caseOf('r-2', 'took a', { ...FLOW });
    expect(coverage.add(other, requestOf('b'))).to.equal(false);
    expect(branchesTaken(coverage.of([caseOf('r-1', 'took a'), other], () => requestOf('b')))).to.deep.equal([1, 1]);
  });

  it('is told of a flow each time that a request of it was judged, and not before', () => {
    expect(new RunCoverage().of([], never)).to.deep.equal([]);
  });
});
