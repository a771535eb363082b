import type { AttributeValue, SpanKind } from '../../../src/model/index.js';
import type { seeded } from '../../helpers/seeded.js';
import { type Act, LOOKUP, type StepAct } from './acts.js';
import { BUDGET_MS } from './toy-flow.js';

export type Chance = ReturnType<typeof seeded>;

/** A span as it truly was: times in milliseconds of the one clock that nobody has. */
export interface TrueSpan {
  readonly process: { readonly service: string; readonly instance: string };
  readonly request: string;
  readonly traceId: string;
  readonly parent: TrueSpan | undefined;
  /** The moment of each hand-off. */
  readonly sentAt: number[];
  /** Which hand-off of its parent it received; undefined for a local span. */
  readonly received: number | undefined;
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Record<string, AttributeValue>;
  readonly startMs: number;
  endMs: number;
  error: string | undefined;
}

interface Where {
  readonly process: TrueSpan['process'];
  readonly parent: TrueSpan | undefined;
  readonly traceId: string;
}

class Crash extends Error {
  readonly atMs: number;

  constructor(atMs: number) {
    super('the service died');
    this.atMs = atMs;
  }
}

export interface Played {
  readonly request: string;
  readonly service: string;
  readonly act: Act;
  readonly startMs: number;
}

/** Everything that one request does: a gateway calls the service, which performs the act. */
export function perform({ request, service, act, startMs }: Played, chance: Chance): readonly TrueSpan[] {
  const stage = new Stage(request, chance);
  const gateway = { process: { service: 'gateway', instance: 'gateway-1' }, parent: undefined, traceId: request };
  const root = stage.begin(gateway, { name: 'POST /', kind: 'server', startMs });
  const end = stage.act({ do: 'call', to: service, act }, { ...gateway, parent: root }, startMs + stage.pause());
  root.endMs = end + stage.pause();
  return stage.spans;
}

class Stage {
  readonly spans: TrueSpan[] = [];
  readonly #request: string;
  readonly #chance: Chance;

  constructor(request: string, chance: Chance) {
    this.#request = request;
    this.#chance = chance;
  }

  pause(): number {
    return 0.02 + this.#chance.next() * (this.#chance.below(4) === 0 ? 3 : 0.3);
  }

  begin(
    { process, parent, traceId }: Where,
    {
      received,
      kind = 'internal',
      ...rest
    }: Pick<TrueSpan, 'name' | 'startMs'> & { kind?: SpanKind; received?: number },
  ): TrueSpan {
    const span: TrueSpan = {
      process,
      request: this.#request,
      traceId,
      parent,
      sentAt: [],
      received,
      kind,
      attributes: {},
      endMs: rest.startMs,
      error: undefined,
      ...rest,
    };
    this.spans.push(span);
    return span;
  }

  /** Performs an act from a moment on; gives the moment at which whoever asked for it goes on. */
  act(act: Act, where: Where, startMs: number): number {
    switch (act.do) {
      case 'step':
        return act.tries ? this.#tries(act, where, startMs) : this.#step(act, where, startMs);
      case 'in-turn':
        return this.#inTurn(act.acts, where, startMs);
      case 'at-once':
        return this.#atOnce(act.acts, where, startMs);
      case 'call':
        return this.#call(act, where, startMs);
      case 'send':
        return this.#send(act, where, startMs);
      case 'one-of':
        return this.act(this.#chance.pick(act.acts), where, startMs);
      case 'maybe':
        return this.#chance.below(2) === 0 ? startMs : this.act(act.act, where, startMs);
      case 'some-of':
        return this.#atOnce(this.#someOf(act.acts), where, startMs);
      case 'any-order':
        return this.#inTurn(this.#shuffled(act.acts), where, startMs);
      case 'times':
        return this.#times(act, where, startMs);
      case 'rounds':
        return this.#inTurn(this.#rounds(act), where, startMs);
      case 'overlapping':
        return this.#overlapping(act, where, startMs);
      case 'retried-late':
        return this.#retriedLate(act, where, startMs);
      case 'crash':
        throw new Crash(startMs);
      case 'without-context':
        return act.act.do === 'call'
          ? this.#call(act.act, where, startMs, 'lost')
          : this.#send(act.act, where, startMs, 'lost');
      default:
        return act satisfies never;
    }
  }

  #someOf(acts: readonly Act[]): readonly Act[] {
    const some = acts.filter(() => this.#chance.below(2) === 0);
    return some.length > 0 ? some : [this.#chance.pick(acts)];
  }

  #shuffled(acts: readonly Act[]): readonly Act[] {
    return acts
      .map((act) => ({ act, key: this.#chance.next() }))
      .sort((a, b) => a.key - b.key)
      .map(({ act }) => act);
  }

  #times({ step, min, max, parallel }: Extract<Act, { do: 'times' }>, where: Where, startMs: number): number {
    const steps = Array.from({ length: min + this.#chance.below(max - min + 1) }, () => step);
    return parallel ? this.#atOnce(steps, where, startMs) : this.#inTurn(steps, where, startMs);
  }

  #rounds({ acts, between, min, max }: Extract<Act, { do: 'rounds' }>): readonly Act[] {
    const count = min + this.#chance.below(max - min + 1);
    return Array.from({ length: count }, (_, i) => (i > 0 && between ? [between, ...acts] : acts)).flat();
  }

  #inTurn(acts: readonly Act[], where: Where, startMs: number): number {
    return acts.reduce((now, act) => this.act(act, where, now) + this.pause(), startMs);
  }

  #atOnce(acts: readonly Act[], where: Where, startMs: number): number {
    return Math.max(startMs, ...acts.map((act) => this.act(act, where, startMs + this.pause())));
  }

  #step(act: StepAct, where: Where, startMs: number): number {
    const around = this.#chance.below(3) === 0 ? this.begin(where, { name: `around ${act.step}`, startMs }) : undefined;
    const inner = around ? { ...where, parent: around } : where;
    const end = this.#stepSpan(act, inner, startMs + (around ? this.pause() : 0));
    if (around) around.endMs = end + this.pause();
    return around?.endMs ?? end;
  }

  #stepSpan(act: StepAct, where: Where, startMs: number): number {
    const span = this.begin(where, { name: act.step, startMs });
    span.attributes['tracecourt.step'] = act.step;
    const own = { ...where, parent: span };
    let now = startMs + this.pause();
    if (act.stores || act.fault === 'swallows') now = this.#storeCall(act, own, now);
    if (act.looksUp) now = this.#step({ do: 'step', step: LOOKUP }, own, now);
    if (act.inside) now = this.#guard(() => this.act(act.inside as Act, own, now), [span]);
    if (act.fault === 'fails') span.error = 'it broke';
    if (act.fault === 'tells-a-secret') span.attributes['user.card.number'] = '4111';
    span.endMs = now + (act.fault === 'slow' ? 2.5 * BUDGET_MS : 0.5 + this.#chance.next() * 6);
    return span.endMs;
  }

  #storeCall(act: StepAct, where: Where, startMs: number, fails = act.fault === 'swallows'): number {
    const call = this.begin(where, { name: 'SET', kind: 'client', startMs });
    call.attributes['db.system.name'] = 'redis';
    if (fails) call.error = 'READONLY';
    call.endMs = startMs + this.pause();
    return call.endMs + this.pause();
  }

  #tries(act: StepAct, where: Where, startMs: number): number {
    const tries = 1 + this.#chance.below(3);
    if (act.tries === 'hedged') return this.#hedged(act, where, { startMs, tries });
    let now = startMs;
    for (let i = 0; i < tries; i++) now = this.#try(act, where, { startMs: now + this.pause(), fails: i < tries - 1 });
    return now;
  }

  #try(
    act: StepAct,
    where: Where,
    { startMs, fails, ms = 0.5 + this.#chance.next() * 5 }: { startMs: number; fails: boolean; ms?: number },
  ): number {
    const span = this.begin(where, { name: act.step, startMs });
    span.attributes['tracecourt.step'] = act.step;
    if (fails) span.error = 'try again';
    const own = { ...where, parent: span };
    let now = startMs + this.pause();
    // A try that failed may well have failed for its store: the step does not hide it.
    if (act.stores || act.fault)
      now = this.#storeCall(act, own, now, fails ? this.#chance.below(2) === 0 : act.fault === 'swallows');
    if (act.looksUp && !fails) now = this.#step({ do: 'step', step: LOOKUP }, own, now);
    if (act.inside && !fails) now = this.#guard(() => this.act(act.inside as Act, own, now), [span]);
    span.endMs = Math.max(startMs + ms, now + this.pause());
    return span.endMs;
  }

  /** Each begins while the one before is under way; the first that answers is enough. */
  #hedged(act: StepAct, where: Where, { startMs, tries }: { startMs: number; tries: number }): number {
    const starts = Array.from({ length: tries }, (_, i) => startMs + i * 1.5 + this.pause() / 8);
    const winner = this.#chance.below(tries);
    const ms = (): number => 6 + this.#chance.next() * 6;
    const answeredAt = this.#try(act, where, { startMs: starts[winner] ?? startMs, fails: false, ms: ms() });
    for (const [i, start] of starts.entries()) {
      if (i === winner) continue;
      const longer = Math.max(ms(), answeredAt - start + this.pause());
      this.#try({ ...act, looksUp: false }, where, { startMs: start, fails: false, ms: longer });
    }
    return answeredAt;
  }

  #call(
    { to, act }: Extract<Act, { do: 'call' }>,
    where: Where,
    startMs: number,
    context: 'kept' | 'lost' = 'kept',
  ): number {
    const client = this.begin(where, { name: 'POST', kind: 'client', startMs });
    client.sentAt.push(startMs + this.pause() / 2);
    const server = this.#received(client, { to, kind: 'server', context });
    const end = this.#guard(() => this.act(act, server.where, server.span.startMs + this.pause()), [server.span]);
    server.span.endMs = end + this.pause();
    client.endMs = server.span.endMs + this.pause();
    client.attributes['http.response.status_code'] = 200;
    return client.endMs;
  }

  #send(
    { step, to, act }: Extract<Act, { do: 'send' }>,
    where: Where,
    startMs: number,
    context: 'kept' | 'lost' = 'kept',
  ): number {
    const producer = this.begin(where, { name: step, kind: 'producer', startMs });
    producer.attributes['tracecourt.step'] = step;
    producer.sentAt.push(startMs + this.pause() / 2);
    producer.endMs = startMs + 1 + this.pause();
    const consumer = this.#received(producer, { to, kind: 'consumer', context });
    consumer.span.endMs = this.act(act, consumer.where, consumer.span.startMs + this.pause()) + this.pause();
    return producer.endMs;
  }

  #received(
    from: TrueSpan,
    { to, kind, context }: { readonly to: string; readonly kind: SpanKind; readonly context: 'kept' | 'lost' },
  ): { readonly span: TrueSpan; readonly where: Where } {
    const process = { service: to, instance: `${to}-${1 + this.#chance.below(2)}` };
    const startMs = (from.sentAt.at(-1) ?? from.startMs) + this.pause();
    const isKept = context === 'kept';
    const traceId = isKept ? from.traceId : `${from.traceId} loose`;
    const span = this.begin(
      { process, parent: isKept ? from : undefined, traceId },
      { name: 'handle', kind, startMs, ...(isKept && { received: from.sentAt.length }) },
    );
    return { span, where: { process, parent: span, traceId } };
  }

  #overlapping({ first, second }: Extract<Act, { do: 'overlapping' }>, where: Where, startMs: number): number {
    const firstEnd = this.act(first, where, startMs);
    const under = this.#latest(first);
    // The second may have scenery around it, which takes up to three milliseconds to get to it.
    under.endMs += 6;
    const secondEnd = this.act(second, where, (under.startMs + under.endMs - 6) / 2);
    for (let up = under.parent; up && up !== where.parent; up = up.parent) up.endMs = under.endMs + this.pause();
    return Math.max(firstEnd + 6, secondEnd) + 1 + this.pause();
  }

  /** The span of an act that is a step, just performed. */
  #latest(act: Act): TrueSpan {
    const span = this.spans.findLast(({ name }) => act.do === 'step' && name === act.step);
    if (!span) throw new Error(`${act.do} left no span`);
    return span;
  }

  #retriedLate({ first, second }: Extract<Act, { do: 'retried-late' }>, where: Where, startMs: number): number {
    const failedAt = this.#try(first, where, { startMs, fails: true });
    const goesOn = failedAt + this.pause();
    const end = this.act(second, where, goesOn);
    const began = this.#latest(second).startMs;
    const retryEnd = this.#try(first, where, { startMs: began + this.pause() / 10, fails: false });
    return Math.max(end, retryEnd) + this.pause();
  }

  /** A service that dies ends the spans that are open at once; whoever called it gets an answer all the same. */
  #guard(work: () => number, open: readonly TrueSpan[]): number {
    try {
      return work();
    } catch (crash) {
      if (!(crash instanceof Crash)) throw crash;
      const last = Math.max(crash.atMs, ...open.map(({ startMs }) => startMs));
      return last + this.pause();
    }
  }
}
