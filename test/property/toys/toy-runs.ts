import type { CompiledFlow, Span, Verdict } from '../../../src/model/index.js';
import { seeded } from '../../helpers/seeded.js';
import { FAULT_KINDS, type Planted, plant } from './faults.js';
import { judgeSpans, judgeWhileOpen } from './judged.js';
import { type Chance, perform, type TrueSpan } from './perform.js';
import { type Shape, shapeOf } from './shapes.js';
import { type Manner, tell } from './telemetry.js';
import { flowOfActs } from './toy-flow.js';

/** So many requests are under way at the same time, in the same processes. */
const AT_ONCE = 25;
/** Clocks are off by so much to either side, milliseconds. */
const MOST_AHEAD_MS = 250;

export interface FaultyRequest {
  readonly shape: Shape;
  readonly request: string;
  readonly planted: Planted;
  readonly verdict: Verdict | undefined;
  readonly spans: readonly Span[];
  readonly flow: CompiledFlow;
}

/** Requests of one toy system, each with one fault that its shape has a place for, kind after kind. */
export async function faultyRequests(seed: number, count: number): Promise<readonly FaultyRequest[]> {
  const shape = shapeOf(seed);
  const flow = await flowOfActs(shape.name, shape.act, shape.service);
  const chance = seeded(seed * 7_919);
  const all: FaultyRequest[] = [];
  for (let from = 0; from < count; from += AT_ONCE) {
    const planted = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, i) => ({
      request: `${shape.name}-${from + i}`,
      planted: plantSome(shape, from + i, chance),
    }));
    const truth = planted.flatMap(({ request, planted: { act } }) =>
      perform({ request, service: shape.service, act, startMs: chance.next() * 2_000 }, chance),
    );
    const spans = tell(truth, manners(chance, wholeManner));
    const verdicts = judgeSpans(spans, { flow, chance });
    for (const { request, planted: each } of planted) {
      const own = spans.filter((span) => span.attributes.get('tracecourt.request.id') === request);
      all.push({ shape, request, planted: each, verdict: verdicts.get(request), spans: own, flow });
    }
  }
  return all;
}

/** The kinds in turn; where the shape has no place for one, the next. */
function plantSome(shape: Shape, turn: number, chance: Chance): Planted {
  for (let i = 0; i < FAULT_KINDS.length; i++) {
    const kind = FAULT_KINDS[(turn + i) % FAULT_KINDS.length];
    const planted = kind && plant(shape.act, kind, chance);
    if (planted) return planted;
  }
  throw new Error(`${shape.name} has no place for any fault`);
}

export interface CleanRequest {
  readonly request: string;
  readonly verdict: Verdict | undefined;
  /** What was taken from its telemetry. */
  readonly taken: Taken;
  readonly spans: readonly Span[];
  readonly flow: CompiledFlow;
}

/** What is wrong with the telemetry of clean requests, all under way at once. */
export type Taken = 'nothing' | 'stamps' | 'accounts' | 'spans';

/** Requests of one toy system that do all they should, with telemetry that lacks something. */
export async function cleanRequests(
  seed: number,
  { count, taken }: { readonly count: number; readonly taken: Taken },
): Promise<readonly CleanRequest[]> {
  const shape = shapeOf(seed);
  const flow = await flowOfActs(shape.name, shape.act, shape.service);
  const chance = seeded(seed * 104_729 + taken.length);
  const all: CleanRequest[] = [];
  for (let from = 0; from < count; from += AT_ONCE) {
    const requests = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, i) => `${shape.name}-${from + i}`);
    const truth: TrueSpan[] = requests.flatMap((request) =>
      perform({ request, service: shape.service, act: shape.act, startMs: chance.next() * 2_000 }, chance),
    );
    const told = tell(truth, manners(chance, MANNERS[taken]));
    const spans = taken === 'spans' ? told.filter(() => chance.below(12) > 0) : told;
    const verdicts = judgeSpans(spans, { flow, chance });
    for (const request of requests) {
      const own = spans.filter((span) => span.attributes.get('tracecourt.request.id') === request);
      all.push({ request, taken, verdict: verdicts.get(request), spans: own, flow });
    }
  }
  return all;
}

/** Verdicts on clean requests while their spans come in, part by part and in no order. */
export async function openVerdicts(seed: number, count: number): Promise<readonly Verdict[]> {
  const shape = shapeOf(seed);
  const flow = await flowOfActs(shape.name, shape.act, shape.service);
  const chance = seeded(seed * 31);
  return Array.from({ length: count }, (_, i) => `${shape.name}-${i}`).flatMap((request) => {
    const truth = perform({ request, service: shape.service, act: shape.act, startMs: 0 }, chance);
    return judgeWhileOpen(tell(truth, manners(chance, MANNERS.stamps)), { flow, chance });
  });
}

type MakeManner = (aheadMs: number, chance: Chance) => Manner;

const wholeManner: MakeManner = (aheadMs, chance) => ({
  aheadMs,
  wholeMs: chance.below(2) === 0,
  stamps: true,
  accounts: true,
});

const MANNERS: Readonly<Record<Taken, MakeManner>> = {
  nothing: wholeManner,
  stamps: (aheadMs, chance) => ({ ...wholeManner(aheadMs, chance), stamps: chance.below(2) === 0 }),
  accounts: (aheadMs, chance) => ({ ...wholeManner(aheadMs, chance), accounts: chance.below(2) === 0 }),
  spans: wholeManner,
};

/** Each process has a manner and keeps it. */
function manners(chance: Chance, make: MakeManner): (instance: string) => Manner {
  const known = new Map<string, Manner>();
  return (instance) => {
    const before = known.get(instance);
    if (before) return before;
    const manner = make((chance.next() * 2 - 1) * MOST_AHEAD_MS, chance);
    known.set(instance, manner);
    return manner;
  };
}
