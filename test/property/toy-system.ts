import type { Origin } from '../../collectors/index.js';
import type { HandoffDeclarations, Span } from '../../src/model/index.js';
import { at, attributesOf } from '../helpers/spans.js';
import { createRandom } from './random.js';
import type { ToyOptions } from './toy-options.js';
import type { ExportedSpan, ToyContext } from './toy-process.js';
import { MAIL, receiveCall, work } from './toy-work.js';
import { type ConsumerGroup, ToyWorld } from './toy-world.js';

/** One request, and the truth about it. */
export interface ToyRequest {
  readonly requestId: string;
  /** Its bit in `requests` of every context that works for it. */
  readonly bit: number;
  readonly origins: readonly Origin[];
}

/** A span as it was exported, and what is true of it. */
export interface ToyExport {
  readonly span: Span;
  /** Bits of the requests that are not complete without it, and of all that it was for. */
  readonly requests: number;
  readonly touches: number;
  readonly key: string;
  readonly period: string;
  readonly process: string;
  /** Place in the order of leaving. */
  readonly order: number;
}

/** A random system after everything in it has come to an end. */
export interface ToySystem {
  readonly seed: number;
  readonly requests: readonly ToyRequest[];
  readonly exports: readonly ToyExport[];
  readonly declarations: HandoffDeclarations;
  /** Requests whose completion cannot be proven, even if every span arrives. */
  readonly unprovable: number;
  /** True if it left the hypotheses. */
  readonly hasLeaked: boolean;
  readonly hasCrashed: boolean;
}

export function runToySystem(seed: number, options: ToyOptions): ToySystem {
  const world = new ToyWorld(createRandom(seed), options);
  const declarations = build(world);
  const requests = beginRequests(world);
  world.agenda.run();
  const exports = world.exported.map(toExport);
  const { unprovable, hasLeaked, processes } = world;
  const hasCrashed = processes.some(({ isDown }) => isDown);
  return { seed, requests, exports, declarations, unprovable, hasLeaked, hasCrashed };
}

function build(world: ToyWorld): HandoffDeclarations {
  const { random, options } = world;
  for (let i = 1 + random.int(5); i > 0; i--) {
    const hasLedger = i === 1 || !options.unprovable || random.chance(0.8);
    world.addProcess({ service: `service-${random.int(3)}`, hasLedger, tellsRemote: random.chance(0.8) });
  }
  const consumers: Record<string, number> = {};
  for (let i = 1 + random.int(2); i > 0; i--) {
    const count = random.chance(0.4) ? 2 + random.int(2) : 1;
    const name = `topic-${i}`;
    if (count > 1 || random.chance(0.2)) consumers[name] = count;
    const extra = world.leaks('undeclared-group', 0.7) ? 1 : 0;
    world.topics.push({ name, groups: Array.from({ length: count + extra }, (_, group) => newGroup(world, group)) });
  }
  return { consumers, uninstrumented: [MAIL] };
}

function newGroup({ random }: ToyWorld, index: number): ConsumerGroup {
  const shape = random.pick(['each', 'each', 'each-linked', 'linked', 'batch', 'batch-under-fetch'] as const);
  return { name: `group-${index}`, shape, buffer: [] };
}

function beginRequests(world: ToyWorld): readonly ToyRequest[] {
  const { random } = world;
  const requests: ToyRequest[] = [];
  const traceId = random.hex(32);
  for (let i = 1 + random.int(3); i > 0; i--) {
    const isLabelled = random.chance(0.8);
    const context: ToyContext = {
      traceId: isLabelled && random.chance(0.1) ? traceId : random.hex(32),
      spanId: undefined,
      traceState: '',
      isRemote: false,
      requestId: isLabelled ? `request-${i}` : undefined,
      requests: 1 << i,
      touches: 1 << i,
    };
    const origins = random.chance(0.15) ? beginAtOrigin(world, context) : beginAtRoot(world, context);
    requests.push({ requestId: context.requestId ?? context.traceId, bit: context.requests, origins });
  }
  return requests;
}

function beginAtRoot(world: ToyWorld, context: ToyContext): readonly Origin[] {
  const process = world.anyProcess();
  world.after(world.random.int(20), () => work(world, world.start(process, context, { name: 'root' })));
  return [];
}

/** A sender that keeps no ledger and has no span, and told the collector what it would send. */
function beginAtOrigin(world: ToyWorld, context: ToyContext): readonly Origin[] {
  const { random } = world;
  const origin = { parentSpanId: random.hex(16), sends: 1 + random.int(2) };
  for (let i = 0; i < origin.sends; i++) {
    world.after(random.int(20), () => receiveCall(world, { ...context, spanId: origin.parentSpanId, isRemote: true }));
  }
  return [origin];
}

function toExport({ span, key, period, attributes }: ExportedSpan, order: number): ToyExport {
  const { parent, process, context } = span;
  const { name, tellsRemote } = process.options;
  return {
    span: {
      traceId: context.traceId,
      spanId: span.spanId,
      parentSpanId: parent.spanId,
      traceState: parent.traceState,
      parentIsRemote: parent.spanId === undefined || !tellsRemote ? undefined : parent.isRemote,
      name: span.name,
      kind: span.kind,
      startUnixNano: at(span.startMs),
      endUnixNano: at(span.endMs),
      status: span.error === undefined ? UNSET : { code: 'error', message: span.error },
      attributes: attributesOf(attributes),
      events: [],
      links: span.links,
      resource: process.resource,
      scopeName: 'toy',
    },
    requests: context.requests,
    touches: context.touches,
    key,
    period,
    process: name,
    order,
  };
}

const UNSET = { code: 'unset', message: '' } as const;
