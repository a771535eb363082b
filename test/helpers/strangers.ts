import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { REQUEST_ID, STEP } from '@tracecourt/instrumentation/wire-names';

/** What strangers' posts were answered, and how often. */
export type Answers = ReadonlyMap<number, number>;

const GARBAGE: readonly (readonly [type: string, body: string | Uint8Array])[] = [
  ['application/json', '{"resourceSpans":'],
  ['application/json', '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"zz","spanId":7}]}]}]}'],
  ['application/x-protobuf', new Uint8Array([0xff, 0xff, 0xff, 0xff, 0x0f])],
  ['application/x-protobuf', randomBytes(4096)],
  ['text/html', '<p>hello</p>'],
];

/**
 * Posts garbage and the left-over spans of requests that are not this run's to a collector, in turns, until it is gone. The
 * spans claim to be steps of the reference system, of its own services.
 */
export async function pester(collector: string): Promise<Answers> {
  const answers = new Map<number, number>();
  for (let turn = 0; ; turn++) {
    const [type, body] = turn % 2 === 0 ? leftOvers(turn) : (GARBAGE[((turn - 1) / 2) % GARBAGE.length] ?? GARBAGE[0]!);
    const status = await post(`${collector}/v1/traces`, type, body);
    if (status === undefined) return answers;
    answers.set(status, (answers.get(status) ?? 0) + 1);
    await delay(10);
  }
}

async function post(url: string, type: string, body: string | Uint8Array): Promise<number | undefined> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': type },
      body: typeof body === 'string' ? body : new Uint8Array(body),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    return undefined;
  }
}

const STEPS = ['allocation', 'graph-write', 'cache-write', 'event-publish', 'rejection-notice', 'no-capacity'];

function leftOvers(turn: number): readonly [string, string] {
  const now = BigInt(Date.now()) * 1_000_000n;
  const traceId = randomBytes(16).toString('hex');
  const parentSpanId = randomBytes(8).toString('hex');
  const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
  const spans = STEPS.map((step) => ({
    traceId,
    spanId: randomBytes(8).toString('hex'),
    parentSpanId,
    name: step,
    kind: 1,
    startTimeUnixNano: String(now - 1_000_000n),
    endTimeUnixNano: String(now),
    attributes: [text(REQUEST_ID, `20200101-000000-abcdef.${turn}`), text(STEP, step)],
    status: { code: 2, message: 'of another run' },
  }));
  const resource = { attributes: [text('service.name', 'allocator'), text('service.instance.id', `old-${turn}`)] };
  return ['application/json', JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] })];
}
