import { expect } from 'chai';
import { createAssembler } from '../../../collectors/index.js';
import { OpenRequest } from '../../../src/orchestrator/live/open-request.js';
import { judgeOpen } from '../../../src/validators/index.js';
import { flowOf, type SpanLine, seq, traceOf } from '../../helpers/evidence.js';
import { at, batchOfSpans } from '../../helpers/spans.js';

const OWN = { 'tracecourt.request.id': 'r-1' };
const SCENERY = 2_000;

function line(id: string, startMs: number, more: Partial<SpanLine> = {}): SpanLine {
  return { id, service: 's', instance: 's-1', startMs, endMs: startMs + 1, attributes: OWN, ...more };
}

function step(id: string, startMs: number): SpanLine {
  return line(id, startMs, { parent: 'root', attributes: { ...OWN, 'tracecourt.step': id } });
}

/** A root, two steps in the wrong order, and much that no flow speaks of. */
const LINES: readonly SpanLine[] = [
  line('root', 0, { endMs: 9_999 }),
  step('a', 20),
  step('b', 10),
  ...Array.from({ length: SCENERY }, (_, i) => line(`s${i}`, 30 + i, { parent: i === 0 ? 'b' : `s${i - 1}` })),
];

describe('an open request, read on', () => {
  const flow = flowOf(seq('a', 'b'));
  const { spans } = traceOf(LINES, { stamped: true });
  const named = (...ids: readonly string[]) => spans.filter(({ spanId }) => ids.includes(spanId));

  function reader() {
    const assembler = createAssembler();
    const request = new OpenRequest('r-1', { watched: { flow, book: new Map() }, source: assembler });
    const read = (...ids: readonly string[]) => {
      assembler.add(batchOfSpans(named(...ids)), at(0));
      return request.read();
    };
    return { read, request };
  }

  it('keeps the steps and what caused them, however much else there is', () => {
    const { read, request } = reader();
    const all = read(...spans.map(({ spanId }) => spanId));
    expect(all).to.deep.include({ requestId: 'r-1', spans: SCENERY + 3, hasRoot: true });
    const evidence = request.evidence();
    expect(evidence?.trace.spans.map(({ spanId }) => spanId)).to.deep.equal(['root', 'b', 'a']);
    expect(evidence && judgeOpen(evidence).findings.map(({ code }) => code)).to.deep.equal(['wrong-order']);
  });

  it('has nothing else to say until something came that matters', () => {
    const { read, request } = reader();
    read('b', 's1');
    const before = request.evidence();
    expect(before?.trace.steps.map(({ stepName }) => stepName)).to.deep.equal(['b']);
    read('s0', 's2');
    expect(request.evidence()).to.equal(before);
    expect(read('root')?.hasRoot).to.equal(true);
    const withRoot = request.evidence();
    expect(withRoot?.trace.spans.map(({ spanId }) => spanId)).to.deep.equal(['root', 'b']);
    read('a');
    expect(request.evidence()?.trace.steps.map(({ stepName }) => stepName)).to.deep.equal(['b', 'a']);
  });
});
