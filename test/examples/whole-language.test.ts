import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { parse } from 'yaml';
import { flowJsonSchema } from '../../src/flow/json-schema.js';
import { constructsIn, constructsOf } from './language-constructs.js';

const EXAMPLE = fileURLToPath(new URL('../../../examples/gpu-allocation/', import.meta.url));
const NAMES = ['gpu-allocation', 'calls', 'house-rules'] as const;
const TEXTS = NAMES.map((name) => readFileSync(`${EXAMPLE}${name}.flow.yaml`, 'utf8'));

/** What the reference system has no honest use for, and why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  ...because('it is what holds where nothing is said', [
    'steps.*.nested=outermost',
    'order.sequence.by=end',
    'budgets.*.per=occurrence',
    'unexpected=report',
    'trust=accounted',
    'examples.recorded[].verdict=pass',
  ]),
  ...because('it is the long form of what the flows say shortly', [
    'steps.*.attributes.*.is',
    'rules[].not-coexistence',
  ]),
  ...because('no span of the system is of it', [
    'steps.*.kind=unspecified',
    'steps.*.client=grpc',
    'steps.*.status=ok',
  ]),
  ...because('that a step must fail says it', ['steps.*.status=unset']),
  ...because('the order says it, of these steps', [
    'rules[].end',
    'rules[].at-least',
    'rules[].choice',
    'rules[].succession',
    'rules[].alternate-response',
    'rules[].chain-precedence',
    'rules[].chain-succession',
    'rules[].not-responded-existence',
    'rules[].not-precedence',
    'rules[].not-succession',
    'rules[].not-chain-response',
    'rules[].not-chain-precedence',
    'rules[].not-chain-succession',
  ]),
  ...because('what it writes is there when the step has ended, or stands by itself', [
    'effects.*.neo4j.parent',
    'effects.*.neo4j.within',
    'effects.*.redis.count',
    'effects.*.redis.within',
    'effects.*.kafka.parent',
  ]),
  ...because('its leases are in the graph', [
    'leases.*.redis',
    'leases.*.redis.key',
    'leases.*.kafka',
    'leases.*.kafka.topic',
    'leases.*.kafka.key',
  ]),
  ...because('a request has one context', ['versions.*.key']),
  ...because('all that it calls keep a ledger', ['handoffs.uninstrumented']),
};

function because(reason: string, constructs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(constructs.map((construct) => [construct, reason]));
}

describe('the flows of the example', () => {
  const schema = flowJsonSchema();
  const used = new Set(TEXTS.flatMap((text) => [...constructsIn(schema, parse(text))]));

  it('say all that the language can, but for what the system has no use for', () => {
    const all = [...constructsOf(schema)];
    expect(all.length).to.be.above(150);
    expect(all.filter((construct) => !used.has(construct) && LEFT_OUT[construct] === undefined)).to.deep.equal([]);
  });

  it('do not say what is listed as left out, and every reason is of something that there is', () => {
    const all = constructsOf(schema);
    for (const construct of Object.keys(LEFT_OUT)) {
      expect(all.has(construct), construct).to.equal(true);
      expect(used.has(construct), construct).to.equal(false);
    }
  });
});
