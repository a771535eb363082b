import { expect } from 'chai';
import { withCurrentNames } from '../../../collectors/adjust/index.js';
import { stepReader } from '../../../collectors/index.js';
import { expressionScope, flowMatchers } from '../../../src/flow/index.js';
import type { CompiledFlow, ExpressionScope, Rule } from '../../../src/model/index.js';
import { evaluatorOf } from '../../../src/orchestrator/evaluator.js';
import { nameRequest } from '../../../src/orchestrator/judge-evidence.js';
import { addressBook } from '../../../src/orchestrator/name-peers.js';
import { proveTrace } from '../../../src/validators/index.js';
import { flowOf, par, seq, traceOf } from '../../helpers/evidence.js';

/** Which of b and c came first, the clocks of two processes do not tell. */
const LINES = `
  a  gateway      0-90  server step=a sent=[2,3]
  b  orders   <a  10-20  server step=b from=a.1
  c  stock    <a  10-20  server step=c from=a.2
`;

const PRECEDENCE: Rule = { kind: 'precedence', steps: ['b', 'c'] };

/** How often the scope was asked for until the request was proven. */
function timesAsked(flow: CompiledFlow): number {
  const trace = traceOf(LINES, { stamped: true });
  const request = { ...trace, spans: trace.spans.map(withCurrentNames) };
  let times = 0;
  const reading = {
    reader: stepReader(flowMatchers(flow)),
    evaluate: evaluatorOf(flow),
    get scope(): ExpressionScope {
      times++;
      return expressionScope(flow, nameRequest(flow, request, addressBook([])));
    },
  };
  expect(proveTrace(flow, request, reading), 'proven').not.to.equal(undefined);
  return times;
}

describe('the sweep over a request', () => {
  const order = seq('a', par('b', 'c'));

  it('does not work out what expressions may speak of where none is asked, though a rule stays open', () => {
    expect(timesAsked(flowOf(order, { rules: [PRECEDENCE] }))).to.equal(0);
  });

  it('works it out where a condition of a rule speaks of it', () => {
    const when = { about: 'a', condition: 'a.durationMs > 1.0' } as const;
    expect(timesAsked(flowOf(order, { rules: [{ ...PRECEDENCE, when }] }))).to.be.greaterThan(0);
  });
});
