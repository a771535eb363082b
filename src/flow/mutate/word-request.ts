import { msToNanos } from '../../lib/clock.js';
import {
  type AssembledRequest,
  type Attributes,
  type AttributeValue,
  type CompiledFlow,
  type Effect,
  type FlowNode,
  partsOf,
  type Span,
  type Specimen,
  STAMP_NAMES,
  type StoredRecord,
  type StoreObservation,
} from '../../model/index.js';
import { type WordOrder, wordOrder } from '../word-order.js';
import { flowOfWords } from './word-flow.js';

/** 2026-01-01T00:00:00Z: words happen at no time of their own. */
const BEGIN = 1_767_225_600_000_000_000n;
const STEP_MS = 10;
const PROCESS = { 'service.name': 'word', 'service.instance.id': 'word' };

/**
 * Requests that do what a word says, the most faithful first: side by side where the word says so, else one after the other as they are written. One process does it all, and has
 * counted its spans.
 */
export function wordSpecimens(flow: CompiledFlow, word: string): readonly Specimen[] {
  const order = wordOrder(word);
  return [besides(order), inTurn(order)].map((times) => ({
    name: word,
    flow: flowOfWords(flow),
    request: requestOf(order, { times, under: bindings(flow.order) }),
    observations: flow.effects.map((effect) => observationOf(effect, order.steps.includes(effect.step))),
    hasValues: false,
  }));
}

interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

/** Each step begins when all before it have ended, and lasts until something waits for it. */
function besides({ steps, before }: WordOrder): readonly Window[] {
  const level = steps.map(() => 0);
  // Pairs come in the order of their second: what a level rests on is known by then.
  for (const [first, second] of [...before].sort(([, a], [, b]) => a - b)) {
    level[second] = Math.max(level[second] ?? 0, (level[first] ?? 0) + 1);
  }
  const last = Math.max(0, ...level) + 1;
  return steps.map((_, i) => {
    const next = Math.min(last, ...before.flatMap(([first, second]) => (first === i ? (level[second] ?? last) : [])));
    return { startMs: ((level[i] ?? 0) + 1) * STEP_MS, endMs: (next + 1) * STEP_MS - 2 };
  });
}

function inTurn({ steps }: WordOrder): readonly Window[] {
  return steps.map((_, i) => ({ startMs: (i + 1) * STEP_MS, endMs: (i + 2) * STEP_MS - 2 }));
}

/** By step, the step it has to hang under. */
function bindings(order: FlowNode): ReadonlyMap<string, string> {
  const bound = new Map<string, string>();
  const walk = (node: FlowNode): void => {
    if (node.kind === 'step' && node.under !== undefined) bound.set(node.step, node.under);
    partsOf(node).forEach(walk);
  };
  walk(order);
  return bound;
}

function requestOf(
  { steps }: WordOrder,
  { times, under }: { readonly times: readonly Window[]; readonly under: ReadonlyMap<string, string> },
): AssembledRequest {
  const idOf = (i: number): string => (i + 2).toString(16).padStart(16, '0');
  const root = '1'.padStart(16, '0');
  const parentOf = (step: string, i: number): string => {
    const nth = steps.slice(0, i).filter((each) => each === step).length;
    const anchors = steps.flatMap((each, at) => (each === under.get(step) ? [at] : []));
    const anchor = anchors[nth] ?? anchors.at(-1);
    return anchor === undefined ? root : idOf(anchor);
  };
  const end = Math.max(0, ...times.map(({ endMs }) => endMs)) + STEP_MS;
  const spans = [
    spanOf({ spanId: root, parent: undefined, name: 'request', startMs: 0, endMs: end }),
    ...steps.map((step, i) => {
      const { startMs, endMs } = times[i] ?? { startMs: 0, endMs: 0 };
      return spanOf({ spanId: idOf(i), parent: parentOf(step, i), name: step, step, startMs, endMs });
    }),
  ];
  return {
    requestId: 'word',
    revision: 1,
    completionStatus: 'complete',
    completedBy: 'accounted',
    traceIds: [TRACE],
    spans,
    accounting: {
      processes: [{ service: 'word', instanceId: 'word', spansHeld: spans.length, spansCounted: spans.length }],
      unsettled: [],
      missingParents: [],
    },
    joins: [],
    lateSpanIds: [],
  };
}

const TRACE = '1'.repeat(32);

interface WordSpan extends Window {
  readonly spanId: string;
  readonly parent: string | undefined;
  readonly name: string;
  readonly step?: string;
}

function spanOf({ spanId, parent, name, step, startMs, endMs }: WordSpan): Span {
  return {
    traceId: TRACE,
    spanId,
    parentSpanId: parent,
    traceState: '',
    parentIsRemote: parent === undefined ? undefined : false,
    name,
    kind: 'internal',
    startUnixNano: BEGIN + msToNanos(startMs),
    endUnixNano: BEGIN + msToNanos(endMs),
    status: { code: 'unset', message: '' },
    attributes: attributesOf(step === undefined ? {} : { [STAMP_NAMES.step]: step }),
    events: [],
    links: [],
    resource: attributesOf(PROCESS),
    scopeName: 'word',
  };
}

function attributesOf(values: Readonly<Record<string, AttributeValue>>): Attributes {
  return {
    get: (key) => (Object.hasOwn(values, key) ? values[key] : undefined),
    entries: () => Object.entries(values),
  };
}

/** The store as the flow wants it after the step, or without anything where the step did not happen. */
function observationOf({ step, query, count }: Effect, happened: boolean): StoreObservation {
  const resolved = query.store === 'neo4j' ? { ...query, parameters: {} } : query;
  return {
    status: 'read',
    effect: step,
    query: resolved,
    server: { store: query.store, address: 'word', product: 'word', version: '' },
    records: happened ? Array.from({ length: count }, (_, i) => recordOf(query, i)) : [],
    observedAtUnixNano: BEGIN,
  };
}

function recordOf(query: Effect['query'], i: number): StoredRecord {
  switch (query.store) {
    case 'neo4j':
      return { store: 'neo4j', row: {} };
    case 'redis':
      return { store: 'redis', key: query.key, type: 'string', value: '', ttlMs: -1 };
    case 'kafka': {
      const groups = query.consumedBy.map((group) => ({ group, committedOffset: String(i + 1) }));
      const { topic, key } = query;
      return { store: 'kafka', topic, partition: 0, offset: String(i), key, value: '', headers: {}, groups };
    }
    default:
      return query satisfies never;
  }
}
