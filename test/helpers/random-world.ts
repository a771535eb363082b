import { ACCOUNT, REQUEST_ID, SENT } from '@tracecourt/instrumentation/wire-names';
import fc from 'fast-check';
import type { Span } from '../../src/model/index.js';
import { buildSpan, spanIdOf, traceIdOf } from './spans.js';

const TRACES = ['a', 'b', 'c', 'd', 'e'];

/**
 * Spans tied together in every way at random, and by no rule of any real system: traces shared by requests, links in circles and
 * to spans that never come, parents of other requests, accounts that fit or do not, correlation.
 */
export function randomWorld(maxLength = 14): fc.Arbitrary<readonly Span[]> {
  const plan = fc.record({
    trace: fc.constantFrom(...TRACES),
    request: fc.constantFrom(undefined, undefined, 'r-1', 'r-2', 'r-3'),
    parent: fc.option(fc.nat(maxLength), { freq: 2 }),
    isRemote: fc.boolean(),
    links: fc.array(fc.nat(maxLength + 2), { maxLength: 2 }),
    kind: fc.constantFrom('server', 'consumer', 'internal'),
    sent: fc.nat(1),
    hasAccount: fc.boolean(),
    correlation: fc.constantFrom(undefined, undefined, 'x', 'y'),
    startMs: fc.nat(5),
  });
  return fc.array(plan, { minLength: 1, maxLength }).map((plans) =>
    plans.map((planned, i) => {
      const spanId = spanIdOf(`${i}`);
      return buildSpan({
        name: `${i}`,
        spanId,
        traceId: traceIdOf(planned.trace),
        kind: planned.kind as 'server',
        startMs: planned.startMs,
        ...(planned.parent === null || planned.parent === i ? {} : parentOf(planned.parent, planned.isRemote)),
        links: planned.links.map((to) => ({
          traceId: traceIdOf(plans[to]?.trace ?? 'a'),
          spanId: spanIdOf(`${to}`),
          traceState: `tracecourt=${spanIdOf(`${to}`)}.1`,
        })),
        attributes: {
          ...(planned.request === undefined ? {} : { [REQUEST_ID]: planned.request }),
          ...(planned.sent > 0 ? { [SENT]: planned.sent } : {}),
          ...(planned.hasAccount ? { [ACCOUNT]: `1.${planned.sent}.${spanId}` } : {}),
          ...(planned.correlation === undefined ? {} : { 'decision.id': planned.correlation }),
        },
      });
    }),
  );
}

function parentOf(parent: number, parentIsRemote: boolean) {
  const parentSpanId = spanIdOf(`${parent}`);
  return { parentSpanId, parentIsRemote, traceState: `tracecourt=${parentSpanId}.1` };
}
