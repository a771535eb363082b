import {
  ACCOUNT,
  formatAccount,
  formatHandoff,
  REQUEST_ID,
  SENT,
  SEQUENCE_END,
  SEQUENCE_SENT,
  SEQUENCE_START,
  STEP,
  STEP_OUTPUT,
  TRACESTATE_MEMBER,
} from '@tracecourt/instrumentation/wire-names';
import { type AssemblerOptions, createAssembler, decodeTraces } from '../collectors/index.js';
import type { AssembledRequest } from '../src/model/index.js';
import { encode } from '../test/collectors/otlp-decode/otlp-schema.js';
import { seeded } from '../test/helpers/seeded.js';

/** 20 steps in the exact class, over four services; no stores. */
export const SHOP_FLOW = `
version: 1
flow: place-order
steps:
  place-order: { service: gateway, span: "POST /orders", kind: server }
  authenticate: { service: gateway }
  validate-cart: { service: gateway }
  accept-order: { service: orders, kind: server, span: "POST /accept" }
  load-customer: { service: orders }
  check-limits: { service: orders }
  apply-discount: { service: orders }
  reserve-stock: { service: stock, kind: server }
  pick-warehouse: { service: stock }
  write-reservation: { service: stock }
  update-cache: { client: redis, operation: SET, service: stock }
  take-payment: { service: payment, kind: server }
  score-risk: { service: payment }
  charge-card: { service: payment }
  book-ledger: { service: payment }
  store-order: { service: orders }
  announce-order: { client: kafka, topic: orders.placed, kind: producer }
  handle-order: { client: kafka, topic: orders.placed, kind: consumer }
  render-mail: { service: mailer }
  send-mail: { service: mailer }
order:
  sequence:
    - place-order
    - authenticate
    - validate-cart
    - accept-order
    - load-customer
    - parallel: [check-limits, { repeat: { step: apply-discount, times: 1..5, parallel: true } }]
    - parallel:
        - sequence: [reserve-stock, pick-warehouse, write-reservation, { optional: update-cache }]
        - sequence: [take-payment, score-risk, charge-card, book-ledger]
    - store-order
    - announce-order
    - handle-order
    - render-mail
    - send-mail
rules:
  - precedence: [take-payment, announce-order]
  - at-most: [charge-card, 1]
budgets:
  total: 20s
  charge-card: 2s each
unexpected: report
`;

/** The same, with values and an invariant to work out. */
export const SHOP_FLOW_WITH_EXPRESSIONS = `${SHOP_FLOW}
values:
  orderId: steps.store_order[0].output.orderId
invariants:
  charged-once: steps.charge_card.size() == 1 && steps.charge_card[0].durationMs < 2000
`;

export type ShopDefect = 'none' | 'stored-before-charged';

interface OpenSpan {
  readonly spanId: string;
  readonly parent: string | undefined;
  readonly isRemote: boolean;
  readonly state: string;
  readonly name: string;
  readonly kind: number;
  readonly begins: bigint;
  readonly sequence: number;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly sent: number[];
}

const KINDS = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const;

type Given = Readonly<Record<string, string | number>>;

/** One request of the shop, as each of its processes would export it: ids, times, skew of clocks and number of discounts are of the request alone. */
class ShopRequest {
  readonly #chance;
  readonly #requestId: string;
  readonly #traceId: string;
  readonly #processes = new Map<string, ShopProcess>();
  #now: bigint;

  constructor(seed: number) {
    this.#chance = seeded(seed);
    this.#requestId = `order-${seed}`;
    this.#traceId = this.#hex(16);
    this.#now = 1_767_225_600_000_000_000n + BigInt(seed) * 1_000_000n;
  }

  export(defect: ShopDefect): readonly Buffer[] {
    const root = this.#begin('gateway', 'POST /orders', { kind: 'server' });
    this.#step('gateway', 'authenticate', root);
    this.#step('gateway', 'validate-cart', root);
    this.#call('gateway', root, {
      to: 'orders',
      name: 'POST /accept',
      inside: (accept) => this.#orders(accept, defect),
    });
    this.#end('gateway', root);
    return [...this.#processes].map(([service, { spans }]) => encode('Request', this.#exportOf(service, spans)));
  }

  #orders(accept: OpenSpan, defect: ShopDefect): void {
    this.#step('orders', 'load-customer', accept, (step) => this.#client('orders', step, 'GET', 'redis'));
    this.#step('orders', 'check-limits', accept);
    for (let i = 1 + this.#chance.below(3); i > 0; i--) this.#step('orders', 'apply-discount', accept);
    const store = (): void => {
      this.#step('orders', 'store-order', accept, (step) => this.#client('orders', step, 'INSERT', 'postgresql'), {
        [STEP_OUTPUT]: JSON.stringify({ orderId: this.#requestId, total: 40 + this.#chance.below(60) }),
      });
    };
    this.#call('orders', accept, {
      to: 'stock',
      name: 'POST /reserve',
      step: 'reserve-stock',
      inside: (own) => this.#stock(own),
    });
    if (defect === 'stored-before-charged') store();
    this.#call('orders', accept, {
      to: 'payment',
      name: 'POST /pay',
      step: 'take-payment',
      inside: (own) => this.#payment(own),
    });
    if (defect === 'none') store();
    const announce = this.#begin('orders', 'send orders.placed', { kind: 'producer', under: accept, given: TOPIC });
    const state = this.#send('orders', announce);
    this.#end('orders', announce);
    this.#mailer(announce, state);
  }

  #stock(reserve: OpenSpan): void {
    this.#step('stock', 'pick-warehouse', reserve, (step) => this.#client('stock', step, 'SELECT', 'postgresql'));
    this.#step('stock', 'write-reservation', reserve, (step) => this.#client('stock', step, 'INSERT', 'postgresql'));
    if (this.#chance.below(2) === 0) this.#client('stock', reserve, 'SET', 'redis');
  }

  #payment(pay: OpenSpan): void {
    for (const name of ['score-risk', 'charge-card', 'book-ledger']) this.#step('payment', name, pay);
  }

  #mailer(announce: OpenSpan, state: string): void {
    const handle = this.#begin('mailer', 'process orders.placed', {
      kind: 'consumer',
      under: announce,
      state,
      given: TOPIC,
    });
    this.#step('mailer', 'render-mail', handle);
    this.#step('mailer', 'send-mail', handle);
    this.#end('mailer', handle);
  }

  #step(service: string, step: string, under: OpenSpan, inside?: (own: OpenSpan) => void, given: Given = {}): void {
    const own = this.#begin(service, step, { under, given: { [STEP]: step, ...given } });
    inside?.(own);
    this.#end(service, own);
  }

  #client(service: string, under: OpenSpan, operation: string, system: string): void {
    const given = {
      'db.system.name': system,
      'db.operation.name': operation,
      'server.address': 'db',
      'server.port': 5432,
    };
    this.#end(service, this.#begin(service, operation, { kind: 'client', under, given }));
  }

  #call(
    service: string,
    under: OpenSpan,
    { to, name, step, inside }: { to: string; name: string; step?: string; inside: (own: OpenSpan) => void },
  ): void {
    const given = { 'http.request.method': 'POST', 'server.address': to, 'http.response.status_code': 200 };
    const client = this.#begin(service, 'POST', { kind: 'client', under, given });
    const state = this.#send(service, client);
    const own = { 'http.request.method': 'POST', 'http.route': name, ...(step === undefined ? {} : { [STEP]: step }) };
    const server = this.#begin(to, name, { kind: 'server', under: client, state, given: own });
    inside(server);
    this.#end(to, server);
    this.#end(service, client);
  }

  #begin(
    service: string,
    name: string,
    options: { kind?: keyof typeof KINDS; under?: OpenSpan; state?: string; given?: Given },
  ): OpenSpan {
    const { kind = 'internal', under, state = '', given = {} } = options;
    const process = this.#process(service);
    const own: OpenSpan = {
      spanId: this.#hex(8),
      parent: under?.spanId,
      isRemote: state !== '',
      state,
      name,
      kind: KINDS[kind],
      begins: this.#read(process),
      sequence: ++process.sequence,
      attributes: { [REQUEST_ID]: this.#requestId, ...given },
      sent: [],
    };
    process.count++;
    process.xor ^= BigInt(`0x${own.spanId}`);
    return own;
  }

  #send(service: string, from: OpenSpan): string {
    const process = this.#process(service);
    from.sent.push(++process.sequence);
    process.sent++;
    return `${TRACESTATE_MEMBER}=${formatHandoff({ spanId: from.spanId, n: from.sent.length })}`;
  }

  #end(service: string, own: OpenSpan): void {
    const process = this.#process(service);
    process.open.push({ ...own, ends: this.#read(process), last: ++process.sequence });
  }

  #process(service: string): ShopProcess {
    const known = this.#processes.get(service);
    if (known) return known;
    const skew = BigInt(this.#chance.below(200_000_000)) - 100_000_000n;
    const fresh: ShopProcess = {
      skew,
      sequence: this.#chance.below(5_000),
      count: 0,
      sent: 0,
      xor: 0n,
      open: [],
      spans: [],
    };
    fresh.spans = fresh.open;
    this.#processes.set(service, fresh);
    return fresh;
  }

  /** The clock of a process, in whole milliseconds where a span starts and exact where it ends would be JavaScript's; here it is exact throughout. */
  #read({ skew }: ShopProcess): bigint {
    this.#now += BigInt(1_100_000 + this.#chance.below(3_000_000));
    return this.#now + skew;
  }

  #hex(bytes: number): string {
    return Array.from({ length: bytes }, () => (1 + this.#chance.below(255)).toString(16).padStart(2, '0')).join('');
  }

  #exportOf(service: string, spans: readonly EndedSpan[]): object {
    const { count, sent, xor } = this.#process(service);
    const account = formatAccount({ spans: count, sent, xor: xor.toString(16).padStart(16, '0') });
    const resource = {
      'service.name': service,
      'service.instance.id': `${service}-7f3b2c9d`,
      'service.version': '1.4.2',
      'host.name': 'node-3',
      'process.pid': 4711,
      'telemetry.sdk.language': 'nodejs',
    };
    const messages = spans.map((span, i) => this.#message(span, i === spans.length - 1 ? { [ACCOUNT]: account } : {}));
    return {
      resourceSpans: [
        { resource: { attributes: keyValues(resource) }, scopeSpans: [{ scope: { name: 'shop' }, spans: messages }] },
      ],
    };
  }

  #message(span: EndedSpan, account: Given): object {
    const stamps = {
      [SEQUENCE_START]: span.sequence,
      [SEQUENCE_END]: span.last,
      ...(span.sent.length === 0 ? {} : { [SENT]: span.sent.length, [SEQUENCE_SENT]: span.sent }),
    };
    return {
      traceId: Buffer.from(this.#traceId, 'hex'),
      spanId: Buffer.from(span.spanId, 'hex'),
      ...(span.parent === undefined ? {} : { parentSpanId: Buffer.from(span.parent, 'hex') }),
      traceState: span.state,
      name: span.name,
      kind: span.kind,
      startTimeUnixNano: span.begins.toString(),
      endTimeUnixNano: span.ends.toString(),
      flags: 0x101 | (span.isRemote ? 0x200 : 0),
      attributes: keyValues({ ...span.attributes, ...stamps, ...account }),
    };
  }
}

interface EndedSpan extends OpenSpan {
  readonly ends: bigint;
  readonly last: number;
}

interface ShopProcess {
  readonly skew: bigint;
  sequence: number;
  count: number;
  sent: number;
  xor: bigint;
  readonly open: EndedSpan[];
  spans: readonly EndedSpan[];
}

const TOPIC = {
  'messaging.system': 'kafka',
  'messaging.destination.name': 'orders.placed',
  'messaging.destination.partition.id': '3',
  'messaging.kafka.offset': 1_204,
};

function keyValues(values: Readonly<Record<string, string | number | readonly number[]>>): readonly object[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: string | number | readonly number[]): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') return { intValue: value };
  return { arrayValue: { values: value.map(anyValue) } };
}

/** What the processes of one request of the shop export, as bytes of OTLP. */
export function shopExports(seed: number, defect: ShopDefect = 'none'): readonly Buffer[] {
  return new ShopRequest(seed).export(defect);
}

/** Requests of the shop, one for each seed, decoded and assembled by the real parts; each is proven complete. */
export function shopRequests(
  seeds: readonly number[],
  { defect = 'none', options = {} }: { readonly defect?: ShopDefect; readonly options?: AssemblerOptions } = {},
): readonly AssembledRequest[] {
  const assembler = createAssembler(options);
  return seeds.flatMap((seed, i) => {
    for (const body of shopExports(seed, defect)) {
      assembler.add(decodeTraces(body, 'application/x-protobuf').batch, BigInt(i));
    }
    const due = assembler.takeDue(BigInt(i));
    if (due.length !== 1 || due[0]?.completedBy !== 'accounted') throw new Error(`order-${seed} is not accounted.`);
    return due;
  });
}
