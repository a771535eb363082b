import { context, createContextKey } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { isTracingSuppressed } from '@opentelemetry/core';
import { expect } from 'chai';
import { withoutTracing } from '../../src/stores/without-tracing.js';

describe('withoutTracing', () => {
  before(() => context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
  after(() => context.disable());

  it('tells every OpenTelemetry SDK to make no spans, also after an await, and only within', async () => {
    const seen = await withoutTracing(async () => {
      await Promise.resolve();
      return isTracingSuppressed(context.active());
    });
    expect(seen).to.equal(true);
    expect(isTracingSuppressed(context.active())).to.equal(false);
  });

  it('keeps what else the context holds, and passes results and errors on', () => {
    const key = createContextKey('something else');
    const outer = context.active().setValue(key, 'kept');
    expect(context.with(outer, () => withoutTracing(() => context.active().getValue(key)))).to.equal('kept');
    const failure = new Error('no');
    expect(() =>
      withoutTracing(() => {
        throw failure;
      }),
    ).to.throw(failure);
  });
});
