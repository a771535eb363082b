import { expect } from 'chai';
import { learnSteps } from '../../../src/flow/index.js';
import { patternsOf } from '../../../src/flow/learn/name-patterns.js';
import { traceOf } from '../../helpers/evidence.js';

function stepsOf(...requests: readonly string[]): Readonly<Record<string, object>> {
  const steps = learnSteps(requests.map((lines) => traceOf(lines, {}).spans));
  return Object.fromEntries(steps.map(({ name, spec }) => [name, spec]));
}

function patterns(isName: boolean, ...texts: readonly string[]): readonly string[] {
  return [...new Set(patternsOf(texts.map((text) => ({ text, isName }))).values())].sort();
}

describe('the steps that spans are learnt to be', () => {
  it('are those that spans state, and no others of a service that states any', () => {
    const lines = `w web 0-90 server http.request.method=POST url.path=/orders
      r shop <w 1-9 step=reserve
      q shop <r 2-3 client db.system.name=redis db.operation.name=SET
      x shop <w 3-4`;
    expect(stepsOf(lines)).to.deep.equal({
      'post-orders': { service: 'web', kind: 'server', method: 'POST', route: '/orders' },
      reserve: { service: 'shop' },
    });
  });

  it('do not include what goes on under a stated step, but what receives its message', () => {
    const lines = `p shop 0-9 step=publish
      c shop <p 1-2 client http.request.method=GET
      s bank <c 1-2 server http.request.method=GET url.path=/rates
      k shop <p 3-4 producer messaging.system=kafka messaging.destination.name=order.paid
      h mail <k 5-9 consumer messaging.system=kafka messaging.destination.name=order.paid messaging.operation.name=process`;
    expect(stepsOf(lines)).to.deep.equal({
      publish: { service: 'shop' },
      'process-order-paid': { service: 'mail', client: 'kafka', topic: 'order.paid', kind: 'consumer' },
    });
  });

  it('are, of a call whose two sides are held, the side that serves', () => {
    const lines = `w web 0-90 server http.request.method=GET http.route=/
      c web <w 1-9 client http.request.method=GET url.path=/stock
      s stock <c 2-8 server http.request.method=GET url.path=/stock
      o web <w 10-19 client http.request.method=GET url.path=/rates`;
    expect(stepsOf(lines)).to.deep.equal({
      get: { service: 'web', kind: 'server', method: 'GET', route: '/' },
      'get-stock': { service: 'stock', kind: 'server', method: 'GET', route: '/stock' },
      'call-get-rates': { service: 'web', client: 'http', method: 'GET', route: '/rates' },
    });
  });

  it('leave out the brackets of a transaction, and know other databases by their name', () => {
    const query = (id: string, operation: string): string =>
      `${id} api <r 1-2 client db.system.name=postgresql db.operation.name=${operation} db.collection.name=orders`;
    expect(stepsOf(`r api 0-9 server name=serve\n${query('b', 'BEGIN')}\n${query('i', 'INSERT')}`)).to.deep.equal({
      serve: { service: 'api', kind: 'server', span: 'serve' },
      'postgresql-insert-orders': {
        service: 'api',
        attributes: { 'db.system.name': 'postgresql' },
        operation: 'INSERT',
        label: 'orders',
        kind: 'client',
      },
    });
  });

  it('have names of their own', () => {
    const lines = 'a one 0-9 name=work\nb two 1-2 name=work\nc two 3-4 server name=total';
    expect(Object.keys(stepsOf(lines))).to.have.members(['one-work', 'two-work', 'two-total']);
  });

  it('are known by what they state where no step can be called that', () => {
    expect(stepsOf('a one 0-9 step=total\nb one 1-2 step="a b"\nc one 3-4 step=a-b')).to.deep.equal({
      'one-total': { service: 'one', attributes: { 'tracecourt.step': 'total' } },
      'one-a-b': { service: 'one', attributes: { 'tracecourt.step': '"a b"' } },
      'a-b': { service: 'one' },
    });
  });

  it('are of no service in particular where several state one', () => {
    expect(stepsOf('a one 0-9 step=check\nb two 1-2 step=check')).to.deep.equal({ check: {} });
  });
});

describe('the pattern behind some texts', () => {
  it('keeps what does not vary, and blurs ids, numbers and what is too various for names', () => {
    expect(patterns(false, '/users/17', '/users/4711')).to.deep.equal(['/users/*']);
    expect(patterns(false, 'ctx:8820162b-23ce-4019-888d-d8c833aaff29')).to.deep.equal(['ctx:*']);
    expect(patterns(true, 'job1', 'job2')).to.deep.equal(['job*']);
    expect(patterns(true, 'GET v1', 'GET v2 x')).to.deep.equal(['GET v1', 'GET v2 x']);
    const animals = 'ant bee cat dog eel fox gnu hen ibis'.split(' ');
    expect(patterns(false, ...animals.map((name) => `/zoo/${name}`))).to.deep.equal(['/zoo/*']);
    expect(patterns(true, ...animals)).to.deep.equal(['*']);
    expect(patterns(true, ...animals.slice(0, 4))).to.deep.equal(animals.slice(0, 4));
    expect(patterns(false, ...animals.slice(0, 4))).to.deep.equal(['*']);
  });

  it('is never one that fits a text of another', () => {
    expect(patterns(false, '/users/1', '/users/2', '/users/1/orders')).to.deep.equal([
      '/^\\/users\\/[^/]*$/',
      '/^\\/users\\/[^/]*\\/orders$/',
    ]);
  });

  it('is a regular expression where it would be read as one', () => {
    expect(patterns(false, '/api/')).to.deep.equal(['/^\\/api\\/$/']);
  });
});
