import { expect } from 'chai';
import { createAssembler, nameSteps } from '../../collectors/index.js';
import { ownWork } from '../../collectors/own-work.js';
import type { AssembledRequest, Span } from '../../src/model/index.js';
import { at, batchOfSpans, type Header, type SpanSpec, ToyProcess, traceIdOf } from '../helpers/spans.js';

const MATCHERS = [
  { step: 'handled', kind: 'consumer', span: 'process' },
  { step: 'packed', span: 'pack' },
] as const;

interface Sender {
  readonly header: Header;
  readonly spans: readonly Span[];
}

function sender(requestId: string): Sender {
  const shop = new ToyProcess('shop', { requestId, traceId: traceIdOf(requestId) });
  const header = shop.send(shop.start('order'));
  return { header, spans: shop.endPeriod() };
}

/** A batch as the Kafka instrumentation tells of it: a poll, and under it one span for each message. */
function batchOf(messages: readonly (readonly Header[])[], more: SpanSpec = {}): readonly Span[] {
  const packer = new ToyProcess('packer', { traceId: traceIdOf('batch') });
  const poll = packer.start('poll', { kind: 'client' });
  const worked = messages.map((links, i) =>
    packer.start('process', { kind: 'consumer', links, under: poll, startMs: i }),
  );
  for (const process of worked) packer.start('pack', { under: process });
  packer.start('sweep', { under: poll, ...more });
  return packer.endPeriod();
}

function requestOf(spans: readonly Span[], requestId: string): AssembledRequest {
  const assembler = createAssembler();
  assembler.add(batchOfSpans(spans), at(0));
  const request = assembler.snapshot(requestId);
  if (!request) throw new Error(`${requestId} is not held`);
  return request;
}

const names = (spans: readonly Span[]): readonly string[] => spans.map(({ name }) => name);
const steps = (request: AssembledRequest): readonly string[] =>
  nameSteps(request, MATCHERS).steps.map(({ stepName }) => stepName);

describe('the spans of a request that a batch serves beside others', () => {
  const [one, two, three] = [sender('r-1'), sender('r-2'), sender('r-3')] as const;
  const all = [one, two, three].flatMap(({ spans }) => spans);

  it('are without the work on messages of others, and with what was done for all', () => {
    const batch = batchOf([[one.header], [two.header], [three.header]]);
    for (const requestId of ['r-1', 'r-2', 'r-3']) {
      const request = requestOf([...all, ...batch], requestId);
      expect(names(request.spans)).to.have.length(9);
      expect(names(ownWork(request))).to.have.members(['order', 'poll', 'process', 'pack', 'sweep']);
      expect(steps(request)).to.have.members(['handled', 'packed']);
    }
  });

  it('are with a span that works on several messages, one of which is its own', () => {
    const batch = batchOf([[one.header, two.header], [three.header]]);
    expect(steps(requestOf([...all, ...batch], 'r-1'))).to.have.members(['handled', 'packed']);
    expect(steps(requestOf([...all, ...batch], 'r-3'))).to.have.members(['handled', 'packed']);
  });

  it('are with each of two messages of its own', () => {
    const shop = new ToyProcess('shop', { requestId: 'r-1', traceId: traceIdOf('r-1') });
    const root = shop.start('order');
    const headers = [shop.send(root), shop.send(root)];
    const batch = batchOf([...headers.map((header) => [header]), [two.header]]);
    const request = requestOf([...shop.endPeriod(), ...two.spans, ...batch], 'r-1');
    expect(steps(request)).to.have.members(['handled', 'handled', 'packed', 'packed']);
  });

  it('are all there where nothing of the batch links the request, and a link leads to what was never sent', () => {
    const batch = batchOf([[one.header]]);
    const request = requestOf(batch, traceIdOf('batch'));
    expect(ownWork(request)).to.equal(request.spans);
    expect(steps(request)).to.have.members(['handled', 'packed']);
  });

  it('are with work that says whose it is', () => {
    const packer = new ToyProcess('packer', { requestId: 'r-1', traceId: traceIdOf('batch') });
    packer.start('process', { kind: 'consumer', links: [one.header] });
    packer.start('process', { kind: 'consumer', links: [two.header] });
    expect(steps(requestOf([...one.spans, ...packer.endPeriod()], 'r-1'))).to.deep.equal(['handled', 'handled']);
  });
});
