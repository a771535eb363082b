import { expect } from 'chai';
import { parse } from 'yaml';
import { loadFlow } from '../../src/flow/index.js';
import type { StoredRecord, Verdict } from '../../src/model/index.js';
import { judgeCase, openCase } from '../../src/orchestrator/judge-evidence.js';
import { NOTHING_EARLIER } from '../../src/orchestrator/left-over.js';
import { addressBook } from '../../src/orchestrator/name-peers.js';
import { observe, traceOf } from '../helpers/evidence.js';
import { readRepositoryFile } from '../helpers/repository.js';

interface Row {
  /** Requests in the notation of test/helpers/evidence.ts, and what their stores show. */
  readonly conforms: string;
  readonly breaks: string;
  /** What is said of the second one. */
  readonly says: string;
  readonly stores?: Readonly<Record<string, readonly StoredRecord[]>>;
  readonly brokenStores?: Readonly<Record<string, readonly StoredRecord[]>>;
}

const published = (value: string): StoredRecord => ({
  store: 'kafka',
  topic: 'paid',
  partition: 0,
  offset: '0',
  key: 'o1',
  value,
  headers: {},
  groups: [],
});
const cached: StoredRecord = { store: 'redis', key: 'ctx:o1', type: 'string', ttlMs: 1000, value: '{}' };

const RESERVE = 'r web 0-10 step=reserve';
const CHAIN = 'w web 0-90 server name=POST\no orders <w 10-80 server name=POST';

/** By what is asserted: the first column of the table. */
const ROWS: Readonly<Record<string, Row>> = {
  'a call of a kind, a name and attributes, numbers as numbers': {
    conforms: 'c web 0-10 client name="GET /a" retries=2 cached=true',
    breaks: 'c web 0-10 client name="GET /a" retries="2" cached=true',
    says: 'rule-broken',
  },
  'a name that contains something': {
    conforms: 'c web 0-10 name="do checkout now"',
    breaks: 'c web 0-10 name="do check"',
    says: 'rule-broken',
  },
  'a field of JSON inside an attribute': {
    conforms: String.raw`c web 0-10 body="{\"items\":[{\"sku\":\"a-1\"}]}"`,
    breaks: String.raw`c web 0-10 body="{\"items\":[{\"sku\":\"b-2\"}]}"`,
    says: 'rule-broken',
  },
  'a field of what another step gave back': {
    conforms: `${RESERVE} output={"order":1}\np web 11-20 step=pay output={"order":1}`,
    breaks: `${RESERVE} output={"order":1}\np web 11-20 step=pay output={"order":2}`,
    says: 'invariant-broken',
  },
  'a field of a published message': {
    conforms: 'a web 0-10 step=announce output={"id":"o1"}',
    breaks: 'a web 0-10 step=announce output={"id":"o1"}',
    says: 'wrong-content',
    stores: { announce: [published('{"amount":5}')] },
    brokenStores: { announce: [published('{"amount":0}')] },
  },
  'not empty: text, list or object': {
    conforms: 'c web 0-10 user.id=["u"]',
    breaks: 'c web 0-10 user.id=[]',
    says: 'rule-broken',
  },
  'an item of a list': {
    conforms: `${RESERVE} output={"items":[{"sku":"a-1"},{"sku":"b-2"}]}`,
    breaks: `${RESERVE} output={"items":[{"sku":"b-2"},{"sku":"a-1"}]}`,
    says: 'invariant-broken',
  },
  'at least, at most, exactly so often': {
    conforms: `${RESERVE}\np web 11-20 step=pay\na web 21-30 step=announce`,
    breaks: `${RESERVE}\na web 21-30 step=announce\nb web 31-40 step=announce`,
    says: 'rule-broken',
  },
  'exactly four below this one': {
    conforms: `b web 0-90 step=batch\n${items(4)}`,
    breaks: `b web 0-90 step=batch\n${items(3)}`,
    says: 'wrong-count',
  },
  'a step that must not happen': { conforms: RESERVE, breaks: 'f web 0-10 step=refund', says: 'rule-broken' },
  'warm: no read of the database; cold: cache, database, cache, in that order': {
    conforms: 'c web 0-10 step=read-cache hit=true',
    breaks: 'c web 0-10 step=read-cache hit=true\nd web 11-20 step=read-database',
    says: 'unexpected-step',
  },
  "a key made of the request's own values": {
    conforms: 'c web 0-10 step=write-cache output={"id":"o1"}',
    breaks: 'c web 0-10 step=write-cache output={"id":"o1"}',
    says: 'span-without-effect',
    stores: { 'write-cache': [cached] },
    brokenStores: { 'write-cache': [] },
  },
  'order along a chain of callers, over services': {
    conforms: `${CHAIN}\ns stock <o 20-30 server name=POST`,
    breaks: `${CHAIN}\ns stock <w 20-30 server name=POST`,
    says: 'unexpected-step',
  },
  'a direct call from one service to another': {
    conforms: CHAIN,
    breaks: 'w web 0-90 server name=POST\no orders 10-80 server name=POST',
    says: 'invariant-broken',
  },
  'one trace': {
    conforms: RESERVE,
    breaks: `${RESERVE}\np web ~r 11-20 step=pay trace=2`,
    says: 'invariant-broken',
  },
  'one trace, or traces that links join': {
    conforms: `${RESERVE}\np shop ~r 11-20 step=pay trace=2`,
    breaks: `${RESERVE}\np shop 11-20 step=pay trace=2`,
    says: 'context-lost',
  },
  'how long a step takes, above and below': {
    conforms: 'p web 0-20 step=pay',
    breaks: 'p web 0-5 step=pay',
    says: 'over-budget',
  },
  'from one step to another': {
    conforms: `${RESERVE}\np web 11-900 step=pay`,
    breaks: `${RESERVE}\np web 11-1900 step=pay`,
    says: 'over-budget',
  },
  'every span of a kind below a bound': {
    conforms: 'c web 0-10 client name=a\nd web 0-900 server name=b',
    breaks: 'c web 0-10 client name=a\nd web 0-900 client name=b',
    says: 'invariant-broken',
  },
  'an error with its message': {
    conforms: 'c web 0-10 name=a !"all sold out today"',
    breaks: 'c web 0-10 name=a !"refused"',
    says: 'rule-broken',
  },
  'one text on two spans': {
    conforms: 'c web 0-10 name=a !"sold out"\nd web <c 1-9 name=b !"sold out"',
    breaks: 'c web 0-10 name=a !"failed"\nd web <c 1-9 name=b !"sold out"',
    says: 'invariant-broken',
  },
  'a failing call as what is expected': {
    conforms: `${RESERVE}\np web 11-20 step=pay !"no money"`,
    breaks: `${RESERVE} !"no room"\np web 11-20 step=pay`,
    says: 'step-failed',
  },
  'an attribute that nothing may carry': {
    conforms: `${RESERVE} card=1234`,
    breaks: `${RESERVE} card="1234567812345678"`,
    says: 'forbidden-attribute',
  },
  'every service of a list has reported': {
    conforms: CHAIN,
    breaks: 'w web 0-90 server name=POST',
    says: 'invariant-broken',
  },
};

function items(n: number): string {
  return Array.from({ length: n }, (_, i) => `i${i} web <b ${1 + 20 * i}-${10 + 20 * i} step=item`).join('\n');
}

describe('what people assert', () => {
  const cells = [...readRepositoryFile('docs/flow.md').matchAll(/^\| ([^|]+) \| `\{ (.*) \}` \|$/gm)].map(
    ([, asserted = '', lines = '']) => [asserted, `{ ${lines} }`] as const,
  );

  it('has a conforming and a broken request for each row of the table', () =>
    expect(cells.map(([asserted]) => asserted)).to.deep.equal(Object.keys(ROWS)));

  for (const [asserted, lines] of cells) {
    const row = ROWS[asserted];
    if (!row) continue;
    it(`${asserted}: passes what conforms`, async () => {
      const { outcome, findings, reasons } = await judged(lines, row.conforms, row.stores);
      expect([outcome, ...findings.map(({ code }) => code), ...reasons.map(({ code }) => code)]).to.deep.equal([
        'pass',
      ]);
    });
    it(`${asserted}: finds what breaks it`, async () => {
      const { outcome, findings } = await judged(lines, row.breaks, row.brokenStores ?? row.stores);
      expect([outcome, ...findings.map(({ code }) => code)]).to.deep.equal(['fail', row.says]);
    });
  }
});

async function judged(lines: string, spans: string, stores: Row['stores'] = {}): Promise<Verdict> {
  const parts = parse(lines) as Readonly<Record<string, unknown>>;
  const steps = { ...(parts['order'] ? stepsOf(lines) : all(STEPS)), ...(parts['steps'] as object) };
  const flow = await loadFlow(JSON.stringify({ version: 1, flow: 'shop', ...parts, steps }), 'the row');
  const opened = openCase(flow, traceOf(withAStep(spans, parts), { stamped: true }), addressBook([]));
  const observations = observe(flow, stores).map((seen) => ({
    ...seen,
    query: opened.probes.requests.find(({ effect }) => effect === seen.effect)?.query ?? seen.query,
  }));
  return judgeCase(opened, { observations, answer: undefined, earlier: NOTHING_EARLIER });
}

const STEPS = ['reserve', 'pay', 'refund', 'announce', 'read-cache', 'read-database', 'write-cache'];

/** Where no step of the flow happened, nothing was checked, whatever else is asserted. */
function withAStep(spans: string, { order }: { readonly order?: unknown }): string {
  return order !== undefined || spans.includes('step=') ? spans : `${spans}\n${RESERVE}`;
}

/** The steps that the row speaks of, known by their names. */
function stepsOf(lines: string): Readonly<Record<string, object>> {
  return all(STEPS.filter((step) => new RegExp(`\\b${step}\\b`).test(lines)));
}

function all(steps: readonly string[]): Readonly<Record<string, object>> {
  return Object.fromEntries(steps.map((step) => [step, {}]));
}
