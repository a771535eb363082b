import { type Assembler, createAssembler, decodeTraces } from '../collectors/index.js';
import type { Span } from '../src/model/index.js';
import { at, batchOfSpans, ToyProcess, traceIdOf } from '../test/helpers/spans.js';
import { benchOptions, howMany } from './bench-options.js';
import { shopExports } from './shop-request.js';

// What assembling costs, in CPU time of this process per span, for shapes of traffic that once were slow. A shape counts only
// if every request came out, proven complete and with exactly its own spans.

interface Shape {
  readonly name: string;
  readonly batches: readonly (readonly Span[])[];
  /** Spans by request. */
  readonly expected: ReadonlyMap<string, number>;
}

const REQUESTS = 3_000;
const BIG = 10_000;

/** Four spans in two processes; each process exports once. */
function smallRequest(requestId: string, traceId: string): readonly (readonly Span[])[] {
  const web = new ToyProcess('web', { requestId, traceId });
  const orders = new ToyProcess('orders', { requestId, traceId });
  const call = web.start('call', { under: web.start('root', { kind: 'server' }), kind: 'client' });
  orders.start('insert', { under: orders.receive(web.send(call), 'handle', { kind: 'server' }) });
  return [orders.endPeriod(), web.endPeriod()];
}

function manyRequests(name: string, traceOf: (requestId: string) => string): Shape {
  const requestIds = Array.from({ length: REQUESTS }, (_, i) => `r-${i}`);
  const requests = requestIds.map((id) => smallRequest(id, traceOf(id)));
  const batches = [0, 1].flatMap((half) => requests.map((exports) => exports[half] ?? []));
  return { name, batches, expected: new Map(requestIds.map((id) => [id, 4])) };
}

function bigRequest(): Shape {
  const web = new ToyProcess('web', { requestId: 'big' });
  const root = web.start('root');
  for (let i = 1; i < BIG; i++) web.start('step', { under: root, startMs: i });
  const spans = web.endPeriod();
  const batches = Array.from({ length: BIG / 10 }, (_, i) => spans.slice(10 * i, 10 * i + 10));
  return { name: 'one request of 10,000 spans, ten at a time', batches, expected: new Map([['big', BIG]]) };
}

/** Microseconds of CPU time per span. Throws when anything is missing from what comes out. */
function measure({ name, batches, expected }: Shape): number {
  const assembler = createAssembler();
  const spans = batches.reduce((sum, { length }) => sum + length, 0);
  const began = process.cpuUsage();
  const spoken = feed(assembler, batches);
  const { user, system } = process.cpuUsage(began);
  for (const [requestId, count] of expected) {
    if (spoken.get(requestId) !== count) throw new Error(`${name}: ${requestId} has ${spoken.get(requestId)} spans.`);
  }
  if (spoken.size !== expected.size) throw new Error(`${name}: ${spoken.size} requests instead of ${expected.size}.`);
  return (user + system) / spans;
}

/** One batch a millisecond; gives the spans of each request that was accounted. */
function feed(assembler: Assembler, batches: Shape['batches']): ReadonlyMap<string, number> {
  const spoken = new Map<string, number>();
  for (const [ms, batch] of batches.entries()) {
    assembler.add(batchOfSpans(batch), at(ms));
    for (const request of assembler.takeDue(at(ms))) {
      if (request.completedBy === 'accounted') spoken.set(request.requestId, request.spans.length);
    }
  }
  return spoken;
}

/** Microseconds of CPU time per span of requests that come as bytes of five processes, to be decoded first. */
function measureFromBytes(requests: readonly (readonly Buffer[])[]): number {
  const assembler = createAssembler();
  let spans = 0;
  const began = process.cpuUsage();
  for (const [ms, bodies] of requests.entries()) {
    for (const body of bodies) assembler.add(decodeTraces(body, 'application/x-protobuf').batch, at(ms));
    const [request, ...others] = assembler.takeDue(at(ms));
    if (request?.completedBy !== 'accounted' || others.length > 0) throw new Error('A request is not accounted.');
    spans += request.spans.length;
  }
  const { user, system } = process.cpuUsage(began);
  return (user + system) / spans;
}

const { rounds, only } = benchOptions('node build/bench/assembler.js [--rounds 5] [--only PART-OF-A-NAME]', {
  rounds: { type: 'string', default: '5' },
  only: { type: 'string' },
});
const times = howMany(rounds, 'rounds');

const shapes = [
  manyRequests('3,000 requests, a trace each', traceIdOf),
  manyRequests('3,000 requests on one trace', () => traceIdOf('load driver')),
  bigRequest(),
].filter(({ name }) => only === undefined || name.includes(only));

console.log('CPU µs per span              fastest   median  slowest');
for (const shape of shapes) tell(shape.name, () => measure(shape));
const FROM_BYTES = 'from bytes: 1,000 requests of 28 spans';
if (only === undefined || FROM_BYTES.includes(only)) {
  const requests = Array.from({ length: 1_000 }, (_, seed) => shopExports(seed));
  tell(FROM_BYTES, () => measureFromBytes(requests));
}

function tell(name: string, measureOnce: () => number): void {
  const costs = Array.from({ length: times }, measureOnce).sort((a, b) => a - b);
  const picked = [costs[0], costs[costs.length >> 1], costs[costs.length - 1]];
  console.log(`${name}\n${' '.repeat(27)}${picked.map((cost) => (cost ?? 0).toFixed(1).padStart(9)).join('')}`);
}
