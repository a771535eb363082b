import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { MEMBER_NAMES } from 'gpu-allocation/build/council/members.js';
import { type Ballot, QUORUM } from 'gpu-allocation/build/decision.js';
import { DEFECTS, type Defect } from 'gpu-allocation/build/planted-defects.js';
import { pollUntil } from '../../src/lib/deadline.js';
import { startHalfCouncil } from './half-council.js';
import { type RunningService, runToExit, startService } from './running-system.js';
import { type CaughtSpan, type SpanCatcher, startSpanCatcher } from './span-catcher.js';
import { type Stores, startStores } from './stores.js';

interface Answered {
  readonly status: number;
  readonly requestId: string;
  readonly body: {
    readonly decision: string;
    readonly decisionId: string;
    readonly gpu: string;
    readonly ballots: readonly Ballot[];
    readonly error: string;
    readonly context: { readonly gpu?: string; readonly version: number | null };
  };
}

const APPROVED = { model: 'a100', hours: 2 };
const REJECTED = { model: 'a100', hours: 200 };
const UNAVAILABLE = { model: 'h100', hours: 2 };

describe('the GPU allocation', () => {
  let stores: Stores;
  let spans: SpanCatcher;
  let environment: Readonly<Record<string, string>>;
  const services: Record<string, RunningService> = {};

  async function start(name: string, extra: Readonly<Record<string, string>> = {}): Promise<RunningService> {
    return await startService(name, { ...environment, ...extra });
  }

  before(async () => {
    stores = await startStores();
    spans = await startSpanCatcher();
    environment = { ...stores.environment, OTEL_EXPORTER_OTLP_ENDPOINT: spans.url, TRACECOURT_RUN_ID: randomUUID() };
    services['council'] = await start('council');
    services['allocator'] = await start('allocator', { COUNCIL_URL: services['council'].http });
    services['notifier'] = await start('notifier');
    services['gateway'] = await start('gateway', { ALLOCATOR_URL: services['allocator'].http });
  });

  after(async () => {
    await Promise.all(Object.values(services).map((service) => service.stop()));
    await spans?.[Symbol.asyncDispose]();
    await stores?.[Symbol.asyncDispose]();
  });

  async function ask(body: unknown, defects: readonly Defect[] = []): Promise<Answered> {
    const requestId = randomUUID();
    const planted = defects.length === 0 ? '' : `,gpu.defects=${encodeURIComponent(defects.join('+'))}`;
    return await post(services['gateway']?.http ?? '', body, {
      baggage: `tracecourt.request.id=${requestId}${planted}`,
    });
  }

  /** The request's spans, once the root has come and as many as asked for with it. */
  async function spansOf(requestId: string, atLeast: Readonly<Record<string, number>>): Promise<readonly CaughtSpan[]> {
    const enough = async () => {
      const held = spans.spansOf(requestId);
      return Object.entries(atLeast).every(([name, count]) => named(held, name).length >= count) ? held : undefined;
    };
    const held = await pollUntil(enough, { timeoutMs: 10_000, everyMs: 20 });
    if (held) return held;
    const seen = spans.spansOf(requestId).map((span) => `${span.service}:${span.name}`);
    throw new Error(`waited for ${JSON.stringify(atLeast)}, saw ${seen.join(', ')}`);
  }

  describe('when the council approves', () => {
    let answer: Answered;

    before(async () => {
      answer = await ask(APPROVED);
    });

    it('answers 201 with the decision, the GPU and the votes', () => {
      expect(answer.status).to.equal(201);
      expect(answer.body.decision).to.equal('approved');
      expect(answer.body.gpu).to.contain('/a100/');
      expect(answer.body.ballots.map(({ member }) => member)).to.have.members([...MEMBER_NAMES]);
    });

    it('leaves decision, votes and lease in the graph', async () => {
      const { decisionId, gpu, ballots } = answer.body;
      const lease = await stores.graph(
        'MATCH (:Decision {id: $id})-[:GRANTS]->(l:Lease)-[:OF]->(g:Gpu) RETURN g.id AS gpu, l.until AS until',
        { id: decisionId },
      );
      const votes = await stores.graph(
        'MATCH (:Decision {id: $id})-[:RESTS_ON]->(v:Vote) RETURN v.member AS member, v.vote AS vote',
        { id: decisionId },
      );
      expect(lease.map((row) => row['gpu'])).to.deep.equal([gpu]);
      expect(Number(lease[0]?.['until'])).to.be.greaterThan(Date.now());
      expect(votes).to.have.deep.members([...ballots]);
    });

    it('leaves the context window in the cache, for an hour', async () => {
      const key = `ctx:${answer.body.decisionId}`;
      expect(JSON.parse((await stores.redis.get(key)) ?? 'null')).to.deep.equal({
        gpu: answer.body.gpu,
        ...APPROVED,
        version: 2,
      });
      expect(await stores.redis.pttl(key)).to.be.within(3_000_000, 3_600_000);
    });

    it('answers with the context window as it is in the cache', async () => {
      const stored = await stores.redis.get(`ctx:${answer.body.decisionId}`);
      expect(answer.body.context).to.deep.equal(JSON.parse(stored ?? 'null'));
    });

    it('grants no GPU that somebody holds', async () => {
      expect(await holdersOf(answer.body.gpu)).to.deep.equal([answer.body.decisionId]);
    });

    it('publishes one event, keyed by the decision, which the notifier records and is done with', async () => {
      const { decisionId, gpu } = answer.body;
      const [message, ...more] = await stores.messages('gpu.allocated', decisionId, 1);
      expect(more).to.deep.equal([]);
      expect(JSON.parse(message?.value ?? '')).to.deep.equal({ decisionId, gpu, ...APPROVED });
      await stores.committed('notifier', 'gpu.allocated', message);
      expect(JSON.parse((await stores.redis.get(`notice:${decisionId}`)) ?? 'null')).to.have.property('gpu', gpu);
    });

    it('leaves a span for each step', async () => {
      const steps = {
        allocation: 1,
        'council-vote': 5,
        'graph-write': 1,
        'cache-write': 1,
        'context-read': 1,
        'event-publish': 1,
        notification: 1,
      };
      const held = await spansOf(answer.requestId, { ...steps, POST: 1 });
      const seen = held.flatMap((span) => span.attributes['tracecourt.step'] ?? []);
      const expected = Object.entries(steps).flatMap(([step, times]) => new Array<string>(times).fill(step));
      expect(seen).to.have.members(expected);
      expect(named(held, 'council-vote').map((span) => span.attributes['gpu.voter'])).to.have.members([
        ...MEMBER_NAMES,
      ]);
      expect(named(held, 'council-vote').map((span) => span.attributes['gpu.vote'])).to.include.members(['approve']);
    });

    it('says in the step what it found', async () => {
      const [step] = named(await spansOf(answer.requestId, { allocation: 1 }), 'allocation');
      const { decisionId, gpu } = answer.body;
      expect(JSON.parse(String(step?.attributes['tracecourt.step.output']))).to.deep.equal({
        decisionId,
        gpu,
        ...APPROVED,
      });
    });
  });

  it('gives every one of many requests at once its own GPU', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(APPROVED)));
    expect(answers.map(({ status }) => status)).to.deep.equal(new Array(20).fill(201));
    expect(new Set(answers.map(({ body }) => body.gpu))).to.have.lengthOf(20);
  });

  it('answers 200 and tells of the rejection, and nothing else, when the council rejects', async () => {
    const { status, body } = await ask(REJECTED);
    expect(status).to.equal(200);
    expect(body.decision).to.equal('rejected');
    const [message] = await stores.messages('gpu.rejected', body.decisionId, 1);
    await stores.committed('notifier', 'gpu.rejected', message);
    expect(await stores.redis.exists(`rejection:${body.decisionId}`)).to.equal(1);
    expect(await stores.redis.exists(`ctx:${body.decisionId}`, `notice:${body.decisionId}`)).to.equal(0);
    expect(await decisions(body.decisionId)).to.deep.equal([]);
    expect(await stores.messages('gpu.allocated', body.decisionId, 0)).to.deep.equal([]);
  });

  it('answers 409 and leaves a ticket, and nothing else, when no GPU is free', async () => {
    const { status, body } = await ask(UNAVAILABLE);
    expect(status).to.equal(409);
    expect(JSON.parse((await stores.redis.get(`unmet:${body.decisionId}`)) ?? 'null')).to.deep.equal(UNAVAILABLE);
    expect(await stores.redis.exists(`ctx:${body.decisionId}`)).to.equal(0);
    expect(await decisions(body.decisionId)).to.deep.equal([]);
  });

  for (const body of [{}, { model: 'a100' }, { model: 'a100', hours: -1 }, null, 'a100']) {
    it(`answers 400 to ${JSON.stringify(body)}`, async () => {
      const answer = await ask(body);
      expect(answer.status).to.equal(400);
      expect(answer.body.error).to.contain('hours');
    });
  }

  it('answers 400 to what is no JSON, and 404 where nothing is', async () => {
    const gateway = services['gateway']?.http;
    expect((await fetch(`${gateway}/allocations`, { method: 'POST', body: '{' })).status).to.equal(400);
    expect((await fetch(`${gateway}/elsewhere`)).status).to.equal(404);
    expect((await fetch(`${gateway}/allocations`, { method: 'POST', body: 'x'.repeat(100_000) })).status).to.equal(413);
  });

  it('gives a request that has no id one, and says which', async () => {
    const { status, requestId } = await post(services['gateway']?.http ?? '', APPROVED, {});
    expect(status).to.equal(201);
    expect(requestId).to.match(/^[0-9a-f-]{36}$/);
    await spansOf(requestId, { 'graph-write': 1, notification: 1, POST: 1 });
  });

  it('says that every service is well', async () => {
    for (const [name, { http }] of Object.entries(services)) {
      expect(await (await fetch(`${http}/healthz`)).json()).to.deep.equal({ service: name });
    }
  });

  describe('with a planted defect', () => {
    it('lying-cache: reports the step and writes nothing', async () => {
      const { body, requestId } = await ask(APPROVED, ['lying-cache']);
      const [step] = named(await spansOf(requestId, { 'cache-write': 1 }), 'cache-write');
      expect(step?.failed).to.equal(false);
      expect(await stores.redis.exists(`ctx:${body.decisionId}`)).to.equal(0);
    });

    it('dark-graph-write: writes the graph and leaves no span of it', async () => {
      const { body, requestId } = await ask(APPROVED, ['dark-graph-write']);
      const held = await spansOf(requestId, { notification: 1, POST: 1 });
      expect(named(held, 'graph-write')).to.deep.equal([]);
      const afterVotes = held.filter(
        (span) => span.attributes['db.system.name'] === 'neo4j' || span.attributes['db.system'] === 'neo4j',
      );
      expect(afterVotes.every((span) => isBelow(span, 'allocation', held))).to.equal(true);
      expect(await decisions(body.decisionId)).to.have.lengthOf(1);
    });

    it('cache-before-graph: the cache is written before the graph', async () => {
      const { requestId } = await ask(APPROVED, ['cache-before-graph']);
      const held = await spansOf(requestId, { 'cache-write': 1, 'graph-write': 1 });
      const [cache] = named(held, 'cache-write');
      const [graph] = named(held, 'graph-write');
      expect(Number(cache?.attributes['tracecourt.seq.end'])).to.be.lessThan(
        Number(graph?.attributes['tracecourt.seq.start']),
      );
    });

    it('duplicate-event: one step publishes two messages', async () => {
      const { body, requestId } = await ask(APPROVED, ['duplicate-event']);
      expect(await stores.messages('gpu.allocated', body.decisionId, 2)).to.have.lengthOf(2);
      const held = await spansOf(requestId, {
        'event-publish': 1,
        'send gpu.allocated': 2,
        notification: 2,
        'process gpu.allocated': 2,
      });
      expect(named(held, 'event-publish')).to.have.lengthOf(1);
      const sent = named(held, 'send gpu.allocated').map(({ spanId }) => spanId);
      expect(named(held, 'process gpu.allocated').map(({ parentSpanId }) => parentSpanId)).to.have.members(sent);
    });

    it('no-quorum: two members approve, and that is enough', async () => {
      const { status, body } = await ask(APPROVED, ['no-quorum']);
      expect(status).to.equal(201);
      expect(body.ballots.map(({ vote }) => vote)).to.deep.equal(['approve', 'approve']);
      expect(body.ballots.length).to.be.lessThan(QUORUM);
    });

    it('stuck-consumer: the message is handled, and neither recorded nor done with', async () => {
      const { body, requestId } = await ask(APPROVED, ['stuck-consumer']);
      const held = await spansOf(requestId, { POST: 1, 'process gpu.allocated': 1 });
      const [message] = await stores.messages('gpu.allocated', body.decisionId, 1);
      expect(named(held, 'notification')).to.deep.equal([]);
      expect(await stores.redis.exists(`notice:${body.decisionId}`)).to.equal(0);
      expect(await stores.isCommitted('notifier', 'gpu.allocated', message)).to.equal(false);
    });

    it('lost-telemetry: two spans of council members never come, and no account is lost with them', async () => {
      const { requestId } = await ask(APPROVED, ['lost-telemetry']);
      const counted = async () => {
        const council = spans.spansOf(requestId).filter(({ service }) => service === 'council');
        const accounts = council.flatMap((span) => span.attributes['tracecourt.account'] ?? []);
        const sum = accounts.reduce<number>(
          (spansSoFar, account) => spansSoFar + Number(String(account).split('.')[0]),
          0,
        );
        return sum === 10 ? council : undefined;
      };
      const council = await pollUntil(counted, { timeoutMs: 10_000, everyMs: 20 });
      const agents = council?.filter((span) => span.name.startsWith('invoke_agent')).map((span) => span.name);
      expect(agents).to.have.members(MEMBER_NAMES.slice(2).map((name) => `invoke_agent ${name}`));
      expect(council).to.have.lengthOf(8);
    });

    it('lost-event: reports the step and sends nothing', async () => {
      const { body, requestId } = await ask(APPROVED, ['lost-event']);
      const held = await spansOf(requestId, { POST: 1, 'event-publish': 1 });
      expect(named(held, 'event-publish')[0]?.failed).to.equal(false);
      expect(named(held, 'send gpu.allocated')).to.deep.equal([]);
      expect(await stores.messages('gpu.allocated', body.decisionId, 0)).to.deep.equal([]);
    });

    it('broken-context: the allocator knows the request, and not the span that asked for it', async () => {
      const { status, requestId } = await ask(APPROVED, ['broken-context']);
      expect(status).to.equal(201);
      const held = await spansOf(requestId, { 'event-publish': 1, notification: 1, POST: 1 });
      const loose = held.filter((span) => !span.parentSpanId && span.service === 'allocator');
      expect(loose.map(({ name }) => name)).to.deep.equal(['POST']);
    });

    it('swallowed-graph-error: the graph refuses, the step does not mind, and the rest goes on', async () => {
      const { status, body, requestId } = await ask(APPROVED, ['swallowed-graph-error']);
      const held = await spansOf(requestId, { 'graph-write': 1, 'event-publish': 1 });
      const [step] = named(held, 'graph-write');
      const calls = held.filter((span) => span.parentSpanId === step?.spanId);
      expect(calls.map(({ failed }) => failed)).to.include(true);
      expect(step?.failed).to.equal(false);
      expect(status).to.equal(201);
      expect(await decisions(body.decisionId)).to.deep.equal([]);
    });

    it('slow-vote: one member takes longer than a vote may, and its vote still counts', async () => {
      const { body, requestId } = await ask(APPROVED, ['slow-vote']);
      expect(body.ballots).to.have.lengthOf(5);
      const held = await spansOf(requestId, { 'council-vote': 5, 'invoke_agent ada': 1 });
      const last = named(held, 'council-vote').at(-1);
      expect(last?.attributes['gpu.voter']).to.equal('ada');
    });

    it('wrong-content: the context in the cache names another GPU', async () => {
      const { body } = await ask(APPROVED, ['wrong-content']);
      expect(JSON.parse((await stores.redis.get(`ctx:${body.decisionId}`)) ?? 'null')).to.include({ gpu: 'a100' });
    });

    it('orphan-cache: there is a context, and no decision', async () => {
      const { body, requestId } = await ask(APPROVED, ['orphan-cache']);
      expect(await stores.redis.exists(`ctx:${body.decisionId}`)).to.equal(1);
      expect(await decisions(body.decisionId)).to.deep.equal([]);
      expect(named(await spansOf(requestId, { 'cache-write': 1, notification: 1 }), 'graph-write')).to.deep.equal([]);
    });

    it('outbox-gap: the decision is committed and never announced, and the service lives', async () => {
      const { status, requestId } = await ask(APPROVED, ['outbox-gap']);
      expect(status).to.equal(500);
      const held = await spansOf(requestId, { 'graph-write': 1, 'context-read': 1, POST: 1 });
      expect(named(held, 'event-publish')).to.deep.equal([]);
      const [step] = named(held, 'allocation');
      const { decisionId } = JSON.parse(String(step?.attributes['tracecourt.step.output'])) as Answered['body'];
      expect(await decisions(decisionId)).to.have.lengthOf(1);
      expect(await stores.messages('gpu.allocated', decisionId, 0)).to.deep.equal([]);
      expect((await ask(APPROVED)).status).to.equal(201);
    });

    it('double-lease: grants a GPU that somebody holds', async () => {
      const { body } = await ask(APPROVED, ['double-lease']);
      expect(await holdersOf(body.gpu)).to.have.members([body.decisionId, `${body.gpu}/holder`]);
    });

    it('stale-cache: the context that is read back is the draft, and the cache holds the newer one', async () => {
      const { body } = await ask(APPROVED, ['stale-cache']);
      expect(body.context.version).to.equal(1);
      expect(JSON.parse((await stores.redis.get(`ctx:${body.decisionId}`)) ?? 'null')).to.include({ version: 2 });
    });

    for (const [index, one] of DEFECTS.entries()) {
      it(`${one}: is answered together with every other defect`, async () => {
        const others = DEFECTS.slice(index + 1);
        const answers = await Promise.all(others.map((other) => ask(APPROVED, [one, other])));
        expect(answers.map(({ status }) => status)).to.deep.equal(others.map((other) => statusOf(one, other)));
      });
    }

    it('is forgotten by the next request', async () => {
      const { body } = await ask(APPROVED);
      const [message, ...more] = await stores.messages('gpu.allocated', body.decisionId, 1);
      expect(more).to.deep.equal([]);
      await stores.committed('notifier', 'gpu.allocated', message);
      expect(await stores.redis.exists(`ctx:${body.decisionId}`, `notice:${body.decisionId}`)).to.equal(2);
      expect(body.ballots).to.have.lengthOf(5);
      expect(await decisions(body.decisionId)).to.have.lengthOf(1);
    });
  });

  describe('with a council that does not answer', () => {
    async function askHalfCouncil(answering: readonly string[]) {
      await using council = await startHalfCouncil(answering);
      await using allocator = await start('allocator', { COUNCIL_URL: council.url, COUNCIL_DEADLINE_MS: '300' });
      const answer = await post(allocator.http, APPROVED, {});
      const silent = MEMBER_NAMES.length - answering.length;
      await pollUntil(async () => (council.hungUpOn.length === silent ? true : undefined), {
        timeoutMs: 5000,
        everyMs: 10,
      });
      return { answer, hungUpOn: council.hungUpOn };
    }

    it('approves by the votes that came before the deadline, and hangs up on the others', async () => {
      const { answer, hungUpOn } = await askHalfCouncil(MEMBER_NAMES.slice(2));
      expect(answer.status).to.equal(201);
      expect(answer.body.ballots).to.have.lengthOf(3);
      expect(hungUpOn).to.have.members(MEMBER_NAMES.slice(0, 2));
    });

    it('rejects when too few votes came', async () => {
      const { answer, hungUpOn } = await askHalfCouncil(MEMBER_NAMES.slice(3));
      expect(answer.body.decision).to.equal('rejected');
      expect(answer.body.ballots).to.have.lengthOf(2);
      expect(hungUpOn).to.have.lengthOf(3);
    });

    it('asks a member that is slow once more, and takes the answer that comes', async () => {
      await using council = await startHalfCouncil(MEMBER_NAMES, { onceDeaf: MEMBER_NAMES.slice(0, 1) });
      await using allocator = await start('allocator', { COUNCIL_URL: council.url, COUNCIL_DEADLINE_MS: '5000' });
      const answer = await post(allocator.http, APPROVED, {});
      expect(answer.body.ballots).to.have.lengthOf(5);
    });

    it('rejects when nobody is there', async () => {
      await using allocator = await start('allocator', { COUNCIL_URL: 'http://127.0.0.1:1' });
      expect((await post(allocator.http, APPROVED, {})).body.decision).to.equal('rejected');
    });
  });

  it('keeps the GPUs of another run apart', async () => {
    const council = services['council']?.http ?? '';
    await using other = await start('allocator', { COUNCIL_URL: council, TRACECOURT_RUN_ID: 'another-run' });
    const { body } = await post(other.http, APPROVED, {});
    expect(body.gpu).to.match(/^another-run\/a100\//);
  });

  it('answers 502 when the allocator is away', async () => {
    await using lonely = await start('gateway', { ALLOCATOR_URL: 'http://127.0.0.1:1' });
    expect((await post(lonely.http, APPROVED, {})).status).to.equal(502);
  });

  for (const name of ['council', 'allocator', 'notifier', 'gateway']) {
    it(`ends its ${name} when standard input closes`, async () => {
      const urls = { COUNCIL_URL: 'http://127.0.0.1:1', ALLOCATOR_URL: 'http://127.0.0.1:1' };
      const service = await start(name, urls);
      expect(await service.stop()).to.equal(0);
    });
  }

  it('lets its notifier leave the group, so that another takes over at once', async () => {
    await (await start('notifier')).stop();
    expect(await stores.membersOf('notifier')).to.equal(1);
  });

  it('is without a notifier that was killed before the patience of a scenario ends', async () => {
    const killed = await start('notifier');
    expect(await stores.membersOf('notifier')).to.equal(2);
    killed.child.kill('SIGKILL');
    const alone = async () => ((await stores.membersOf('notifier')) === 1 ? true : undefined);
    expect(await pollUntil(alone, { timeoutMs: 20_000, everyMs: 100 })).to.equal(true);
  });

  it('names every setting that is missing', async () => {
    for (const [name, missing] of [
      ['gateway', ['ALLOCATOR_URL']],
      ['allocator', ['COUNCIL_URL', 'TRACECOURT_RUN_ID', 'NEO4J_URL', 'REDIS_URL', 'KAFKA_BROKERS']],
      ['notifier', ['REDIS_URL', 'KAFKA_BROKERS']],
    ] as const) {
      const { code, stderr } = await runToExit(name, { OTEL_EXPORTER_OTLP_ENDPOINT: spans.url });
      expect(code).to.equal(1);
      expect(stderr).to.contain(`${name} cannot start`).and.contain(missing.join(', '));
    }
  });

  it('says which store does not answer, and where', async () => {
    for (const [name, setting, address] of [
      ['allocator', 'NEO4J_URL', 'bolt://127.0.0.1:1'],
      ['notifier', 'REDIS_URL', 'redis://127.0.0.1:1'],
    ] as const) {
      const { code, stderr } = await runToExit(name, {
        ...environment,
        COUNCIL_URL: 'http://127.0.0.1:1',
        [setting]: address,
      });
      expect(code).to.equal(1);
      expect(stderr).to.contain(`does not answer at ${address}`);
    }
  });

  async function holdersOf(gpu: string): Promise<readonly unknown[]> {
    const query = 'MATCH (d:Decision)-[:GRANTS]->(:Lease)-[:OF]->(:Gpu {id: $gpu}) RETURN d.id AS id';
    return (await stores.graph(query, { gpu })).map((row) => row['id']);
  }

  async function decisions(id: string): Promise<readonly unknown[]> {
    return await stores.graph('MATCH (d:Decision {id: $id}) RETURN d.id AS id', { id });
  }
});

async function post(url: string, body: unknown, headers: Readonly<Record<string, string>>): Promise<Answered> {
  const response = await fetch(`${url}/allocations`, { method: 'POST', body: JSON.stringify(body), headers });
  const requestId = response.headers.get('x-request-id') ?? '';
  return { status: response.status, requestId, body: (await response.json()) as Answered['body'] };
}

/** A request that dies after its commit is not answered well, if there is a commit. */
function statusOf(...defects: readonly Defect[]): number {
  const isCommitted = !defects.some((defect) => defect === 'swallowed-graph-error' || defect === 'orphan-cache');
  return defects.includes('outbox-gap') && isCommitted ? 500 : 201;
}

function named(spans: readonly CaughtSpan[], name: string): readonly CaughtSpan[] {
  return spans.filter((span) => span.name === name);
}

function isBelow(span: CaughtSpan, ancestor: string, spans: readonly CaughtSpan[]): boolean {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
  return parent !== undefined && (parent.name === ancestor || isBelow(parent, ancestor, spans));
}
