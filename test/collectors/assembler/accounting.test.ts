import { expect } from 'chai';
import fc from 'fast-check';
import { createAccountBook, factsOf, isAccounted, type Origin } from '../../../collectors/index.js';
import type { HandoffDeclarations, Span } from '../../../src/model/index.js';
import { buildSpan, type Header, spanIdOf, ToyProcess, traceIdOf } from '../../helpers/spans.js';

const REQUEST = 'r-1';

function process(service: string): ToyProcess {
  return new ToyProcess(service, { requestId: REQUEST });
}

function accounted(
  spans: readonly Span[],
  options: {
    readonly rootKey?: string;
    readonly origins?: readonly Origin[];
    readonly consumers?: HandoffDeclarations['consumers'];
    readonly uninstrumented?: readonly string[];
  } = {},
): boolean {
  const { rootKey = REQUEST, origins = [], consumers = {}, uninstrumented = [] } = options;
  return isAccounted(
    spans.map((span) => factsOf(span)),
    { rootKey, origins, declarations: { consumers, uninstrumented } },
  );
}

/** All of them together prove the request complete, and no one of them may be missing. */
function expectNeedsAll(spans: readonly Span[], options: Parameters<typeof accounted>[1] = {}): void {
  expect(accounted(spans, options), 'all spans').to.equal(true);
  for (const missing of spans) {
    expect(
      accounted(
        spans.filter((span) => span !== missing),
        options,
      ),
      `without ${missing.name}`,
    ).to.equal(false);
  }
}

const topic = { 'messaging.destination.name': 'orders' };

describe('accounting', () => {
  it('is proven by one process that counted all its spans', () => {
    const web = process('web');
    const root = web.start('root');
    web.start('child', { under: root });
    expectNeedsAll(web.endPeriod());
  });

  it('follows a hand-off to its receiver', () => {
    const web = process('web');
    const orders = process('orders');
    orders.receive(web.send(web.start('root')), 'handle', { kind: 'server' });
    expectNeedsAll([...web.endPeriod(), ...orders.endPeriod()]);
  });

  it('tells two injects under one span apart', () => {
    const web = process('web');
    const root = web.start('root');
    const first = process('orders');
    const second = process('billing');
    first.receive(web.send(root), 'first');
    second.receive(web.send(root), 'second');
    expectNeedsAll([...web.endPeriod(), ...first.endPeriod(), ...second.endPeriod()]);
  });

  it('does not take two receipts of the first hand-off for one of each', () => {
    const web = process('web');
    const root = web.start('root');
    const header = web.send(root);
    web.send(root);
    const a = process('a');
    const b = process('b');
    a.receive(header, 'a');
    b.receive(header, 'b');
    expect(accounted([...web.endPeriod(), ...a.endPeriod(), ...b.endPeriod()])).to.equal(false);
  });

  it('waits for as many receipts as one inject was copied to messages', () => {
    const web = process('web');
    const root = web.start('send', { kind: 'producer', attributes: { ...topic, 'messaging.batch.message_count': 3 } });
    const header = web.send(root);
    const consumers = ['a', 'b', 'c'].map((name) => {
      const consumer = process(name);
      consumer.receive(header, name, { kind: 'consumer' });
      return consumer.endPeriod();
    });
    expectNeedsAll([...web.endPeriod(), ...consumers.flat()]);
  });

  it('takes a consumer span that has the producer for a parent and for a link for one receipt, not two', () => {
    const web = process('web');
    const root = web.start('send', { kind: 'producer', attributes: { ...topic, 'messaging.batch.message_count': 2 } });
    const header = web.send(root);
    const consumers = ['a', 'b'].map((name) => {
      const consumer = process(name);
      consumer.receive(header, name, { kind: 'consumer', links: [header] });
      return consumer.endPeriod();
    });
    expectNeedsAll([...web.endPeriod(), ...consumers.flat()]);
  });

  it('waits for the redelivery of a message whose consumer failed', () => {
    const web = process('web');
    const header = web.send(web.start('root'));
    const consumer = process('notifier');
    consumer.receive(header, 'first try', { kind: 'consumer', error: 'no database' });
    const failed = [...web.endPeriod(), ...consumer.endPeriod()];
    expect(accounted(failed), 'after the failure').to.equal(false);
    consumer.receive(header, 'second try', { kind: 'consumer' });
    expect(accounted([...failed, ...consumer.endPeriod()]), 'after the redelivery').to.equal(true);
  });

  it('takes a server that failed for an answer', () => {
    const web = process('web');
    const orders = process('orders');
    orders.receive(web.send(web.start('root')), 'handle', { kind: 'server', error: 'boom' });
    expectNeedsAll([...web.endPeriod(), ...orders.endPeriod()]);
  });

  it('is not fooled by a receiver that extracts long before its span starts', () => {
    const web = process('web');
    const header = web.send(web.start('root'));
    const sender = web.endPeriod();
    expect(accounted(sender), 'extracted, nothing started').to.equal(false);
    const orders = process('orders');
    orders.receive(header, 'handle', { startMs: 60_000 });
    expect(accounted([...sender, ...orders.endPeriod()])).to.equal(true);
  });

  it('settles a hand-off that was refused before anything left', () => {
    const web = process('web');
    const call = web.start('GET', { kind: 'client', error: 'connect ECONNREFUSED 127.0.0.1:9' });
    web.send(call);
    expect(accounted(web.endPeriod())).to.equal(true);
  });

  it('does not believe in a refused connection when an answer came, or when the span sent twice', () => {
    const web = process('web');
    const answered = web.start('GET', {
      error: 'upstream says ECONNREFUSED',
      attributes: { 'http.response.status_code': 502 },
    });
    web.send(answered);
    expect(accounted(web.endPeriod()), 'answered').to.equal(false);
    const twice = web.start('GET twice', { error: 'ECONNREFUSED' });
    web.send(twice);
    web.send(twice);
    expect(accounted(web.endPeriod()), 'twice').to.equal(false);
  });

  it('does not believe in a refused connection when a gRPC server passed that on, or a producer tried more than once', () => {
    const refused = 'UNAVAILABLE: connect ECONNREFUSED 127.0.0.1:9';
    const web = process('web');
    web.send(web.start('call', { kind: 'client', error: refused, attributes: { 'rpc.status_code': 'UNAVAILABLE' } }));
    expect(accounted(web.endPeriod()), 'passed on').to.equal(false);
    web.send(web.start('send', { kind: 'producer', error: refused }));
    expect(accounted(web.endPeriod()), 'tried again').to.equal(false);
  });

  it('settles a hand-off that was taken back, by a span that says that it failed', () => {
    const withdrawn = { kind: 'producer', attributes: { 'tracecourt.withdrawn': true } } as const;
    const web = process('web');
    web.send(web.start('send', withdrawn));
    expect(accounted(web.endPeriod()), 'did not fail').to.equal(false);
    web.send(web.start('send', { ...withdrawn, error: 'aborted' }));
    expect(accounted(web.endPeriod())).to.equal(true);
  });

  it('finds the error of a refused connection in an exception event', () => {
    const web = process('web');
    const call = web.start('GET', {
      error: '',
      events: [{ name: 'exception', attributes: { 'exception.message': 'getaddrinfo ENOTFOUND nowhere' } }],
    });
    web.send(call);
    expect(accounted(web.endPeriod())).to.equal(true);
  });

  it('follows a batch into a trace of its own that links back', () => {
    const web = process('web');
    const header = web.send(web.start('root', { attributes: topic }));
    const batch = new ToyProcess('batcher');
    const work = batch.consume([header], 'process batch');
    batch.start('insert', { under: work });
    expectNeedsAll([...web.endPeriod(), ...batch.endPeriod()]);
  });

  it('does not take the fetch of a batch for a root while the sender of its messages is not held', () => {
    const web = process('web');
    const header = web.send(web.start('root'));
    const batch = new ToyProcess('batcher', { traceId: traceIdOf('batch') });
    const fetch = batch.start('fetch', { kind: 'consumer', attributes: { 'messaging.operation.type': 'receive' } });
    batch.start('process', { under: fetch, kind: 'consumer', links: [header] });
    const rootKey = traceIdOf('batch');
    const consumed = batch.endPeriod();
    expect(accounted(consumed, { rootKey }), 'its own request').to.equal(false);
    expectNeedsAll([...web.endPeriod(), ...consumed]);
  });

  it('does not take a span that says it is a root for the one that sent a message', () => {
    const web = process('web');
    const header = web.send(web.start('root'));
    const batch = process('batcher');
    batch.consume([header], 'process batch');
    batch.start('detached', { traceId: traceIdOf('detached') });
    expectNeedsAll([...web.endPeriod(), ...batch.endPeriod()]);
  });

  it('tells that the unit of a batch is concerned when the sender comes', () => {
    const web = process('web');
    const header = web.send(web.start('root'));
    const batch = new ToyProcess('batcher', { traceId: traceIdOf('batch') });
    batch.consume([header], 'process', { traceId: traceIdOf('batch') });
    const book = createAccountBook();
    for (const span of batch.endPeriod()) book.add(factsOf(span));
    const touched = new Set<string>();
    for (const span of web.endPeriod()) book.add(factsOf(span), touched);
    expect([...touched]).to.have.members([REQUEST, traceIdOf('batch')]);
  });

  it('counts a batch once for each request that it serves', () => {
    const senders = ['r-1', 'r-2'].map((requestId) => {
      const web = new ToyProcess('web', { requestId, traceId: traceIdOf(requestId) });
      return { header: web.send(web.start('root')), spans: web.endPeriod() };
    });
    const batch = new ToyProcess('batcher');
    batch.consume(
      senders.map(({ header }) => header),
      'process batch',
    );
    const all = [...senders.flatMap(({ spans }) => spans), ...batch.endPeriod()];
    expect(accounted(all, { rootKey: 'r-1' })).to.equal(true);
    expect(accounted(all, { rootKey: 'r-2' })).to.equal(true);
    expect(accounted(all.slice(0, -1), { rootKey: 'r-2' })).to.equal(false);
  });

  it('does not take a receive span that links before work starts for a receipt', () => {
    const web = process('web');
    const header = web.send(web.start('root'));
    const consumer = new ToyProcess('consumer');
    consumer.consume([header], 'poll', { attributes: { 'messaging.operation.type': 'receive' } });
    const received = [...web.endPeriod(), ...consumer.endPeriod()];
    expect(accounted(received), 'polled only').to.equal(false);
    consumer.consume([header], 'process');
    expect(accounted([...received, ...consumer.endPeriod()]), 'processed').to.equal(true);
  });

  it('tells equal counts of different sets apart', () => {
    const web = process('web');
    const root = web.start('root');
    web.start('lost', { under: root });
    const [held] = web.endPeriod().slice(-1);
    const other = buildSpan({ name: 'root', attributes: { 'tracecourt.request.id': REQUEST } });
    expect(accounted([held!, other])).to.equal(false);
  });

  it('stays right for a process that is evicted and comes back', () => {
    const web = process('web');
    const root = web.start('root');
    const headers = [web.send(root), web.send(root)];
    const orders = process('orders');
    orders.receive(headers[0]!, 'before');
    const before = orders.endPeriod();
    orders.receive(headers[1]!, 'after');
    expectNeedsAll([...web.endPeriod(), ...before, ...orders.endPeriod()]);
  });

  it('asks as many groups as are declared', () => {
    const consumers = { orders: 2 };
    const web = process('web');
    const header = web.send(web.start('send', { attributes: topic }));
    const sender = web.endPeriod();
    const receiptOf = (group: string, name: string) => {
      const consumer = process(name);
      consumer.receive(header, name, { kind: 'consumer', attributes: { 'messaging.consumer.group.name': group } });
      return consumer.endPeriod();
    };
    expect(accounted([...sender, ...receiptOf('a', 'x'), ...receiptOf('a', 'y')], { consumers })).to.equal(false);
    expect(accounted([...sender, ...receiptOf('a', 'x'), ...receiptOf('b', 'y')], { consumers })).to.equal(true);
  });

  it('settles hand-offs to a peer that is declared uninstrumented, by any of its names', () => {
    const attributes = { 'server.address': 'mail.test', 'server.port': 25, 'peer.service': 'mail' };
    for (const peer of ['mail.test:25', 'mail', 'mail.test']) {
      const web = process('web');
      web.send(web.start('call', { attributes }));
      expect(accounted(web.endPeriod(), { uninstrumented: [peer] }), peer).to.equal(true);
    }
  });

  it('is never proven through a process without a ledger', () => {
    const web = process('web');
    const header = web.send(web.start('root'));
    const plain = new ToyProcess('plain', { hasLedger: false });
    plain.receive(header, 'handle', { kind: 'server' });
    expect(accounted([...web.endPeriod(), ...plain.endPeriod()])).to.equal(false);
  });

  it('wants every remote parent held', () => {
    const web = process('web');
    web.start('root');
    const stranger: Header = { traceId: traceIdOf('default'), spanId: spanIdOf('stranger'), traceState: '' };
    const orders = process('orders');
    orders.receive(stranger, 'handle');
    expect(accounted([...web.endPeriod(), ...orders.endPeriod()])).to.equal(false);
  });

  it('takes a receipt of more hand-offs than were counted for a sign that the count is not final', () => {
    const web = process('web');
    const header = web.send(web.start('root'));
    const orders = process('orders');
    orders.receive(header, 'first');
    orders.receive({ ...header, traceState: `tracecourt=${header.spanId}.2` }, 'second');
    expect(accounted([...web.endPeriod(), ...orders.endPeriod()])).to.equal(false);
  });

  it('wants the hand-offs of the spans to add up to those of the accounts', () => {
    const root = (sent: number) =>
      buildSpan({
        attributes: { 'tracecourt.request.id': REQUEST, 'tracecourt.account': `1.${sent}.${spanIdOf('work')}` },
      });
    expect(accounted([root(0)])).to.equal(true);
    expect(accounted([root(1)])).to.equal(false);
  });

  it('takes an account of another form for none', () => {
    for (const account of ['1.0', `1.0.${spanIdOf('work')}.x`, `01.0.${spanIdOf('work').toUpperCase()}`, 7]) {
      const attributes = { 'tracecourt.request.id': REQUEST, 'tracecourt.account': account };
      expect(accounted([buildSpan({ attributes })]), String(account)).to.equal(false);
    }
  });

  it('waits for everything a declared origin said it sends', () => {
    const origin = { parentSpanId: spanIdOf('curl'), sends: 2 };
    const header: Header = { traceId: traceIdOf('default'), spanId: origin.parentSpanId, traceState: '' };
    const calls = ['one', 'two'].flatMap((name) => {
      const web = process('web');
      web.receive(header, name, { kind: 'server' });
      return web.endPeriod();
    });
    expect(accounted(calls.slice(0, 1), { origins: [origin] })).to.equal(false);
    expect(accounted(calls, { origins: [origin] })).to.equal(true);
    expect(accounted(calls), 'without the declaration').to.equal(false);
  });

  it('does not walk through a hostile number of hand-offs', () => {
    const root = buildSpan({
      attributes: {
        'tracecourt.request.id': REQUEST,
        'tracecourt.sent': Number.MAX_SAFE_INTEGER,
        'tracecourt.account': `1.999999999999999.${spanIdOf('work')}`,
        'peer.service': 'x',
      },
    });
    expect(accounted([root], { uninstrumented: ['x'] })).to.equal(false);
  });

  it('is said at the last arrival and not before, in random trees of calls, in any order', () => {
    fc.assert(
      fc.property(randomSystem(), fc.array(fc.nat(), { minLength: 40, maxLength: 40 }), (spans, order) => {
        const shuffled = [...spans].sort((a, b) => rank(spans, order, a) - rank(spans, order, b));
        for (let held = 0; held <= shuffled.length; held++) {
          expect(accounted(shuffled.slice(0, held))).to.equal(held === shuffled.length);
        }
      }),
      { numRuns: 200 },
    );
  });
});

function rank(spans: readonly Span[], order: readonly number[], span: Span): number {
  return order[spans.indexOf(span) % order.length]! * 100 + spans.indexOf(span);
}

/** Up to eight processes, each called by an earlier one, each with a few spans of its own. */
function randomSystem(): fc.Arbitrary<readonly Span[]> {
  const step = fc.record({ caller: fc.nat(), locals: fc.nat(2), kind: fc.constantFrom('server', 'consumer') });
  return fc.array(step, { maxLength: 7 }).map((steps) => {
    const nodes = [{ process: process('p0'), top: undefined as never as ReturnType<ToyProcess['start']> }];
    nodes[0]!.top = nodes[0]!.process.start('root');
    for (const [i, { caller, locals, kind }] of steps.entries()) {
      const from = nodes[caller % nodes.length]!;
      const callee = process(`p${i + 1}`);
      const top = callee.receive(from.process.send(from.top), `handle ${i}`, { kind: kind as 'server' });
      for (let n = 0; n < locals; n++) callee.start(`local ${i}.${n}`, { under: top });
      nodes.push({ process: callee, top });
    }
    return nodes.flatMap((node) => node.process.endPeriod());
  });
}
