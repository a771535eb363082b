import { expect } from 'chai';
import { createAssembler } from '../../collectors/index.js';
import { at, batchOfSpans, ToyProcess, traceIdOf } from '../helpers/spans.js';

/** Cases that the random systems found, told one by one. */
describe('what random systems found', () => {
  it('a span that turns out to be of another request leaves the first one in a revision, not in silence', () => {
    const traceId = traceIdOf('driver');
    const assembler = createAssembler();
    const first = new ToyProcess('web', { requestId: 'first', traceId });
    first.start('root');
    const second = new ToyProcess('web', { requestId: 'second', traceId });
    const header = second.send(second.start('root'));
    const batch = new ToyProcess('batcher');
    batch.consume([header], 'process batch');

    assembler.add(batchOfSpans([...first.endPeriod(), ...batch.endPeriod()]), at(0));
    const [guessed] = assembler.takeDue(at(0));
    expect(guessed).to.include({ requestId: 'first', revision: 1, completedBy: 'accounted' });
    expect(guessed?.spans.map(({ name }) => name)).to.have.members(['root', 'process batch']);

    assembler.add(batchOfSpans(second.endPeriod()), at(1));
    const words = assembler.takeDue(at(1));
    expect(words.map(({ requestId, revision }) => `${requestId} ${revision}`)).to.deep.equal(['first 2', 'second 1']);
    expect(words[0]?.spans.map(({ name }) => name)).to.deep.equal(['root']);
    expect(words[1]?.spans.map(({ name }) => name)).to.have.members(['root', 'process batch']);
  });

  it('a batch that is fetched in a trace of its own is no request while the sender is still at work', () => {
    const assembler = createAssembler();
    const web = new ToyProcess('web', { requestId: 'r-1' });
    const header = web.send(web.start('root'));
    const batch = new ToyProcess('batcher', { traceId: traceIdOf('batch') });
    const fetch = batch.start('fetch', { kind: 'consumer', attributes: { 'messaging.operation.type': 'receive' } });
    batch.start('process', { under: fetch, kind: 'consumer', links: [header] });

    assembler.add(batchOfSpans(batch.endPeriod()), at(0));
    expect(assembler.takeDue(at(0))).to.deep.equal([]);
    assembler.add(batchOfSpans(web.endPeriod()), at(1));
    const words = assembler.takeDue(at(1));
    expect(words.map(({ requestId, revision }) => `${requestId} ${revision}`)).to.deep.equal(['r-1 1']);
    expect(words[0]).to.include({ completedBy: 'accounted' });
    expect(words[0]?.spans).to.have.length(3);
  });
});
