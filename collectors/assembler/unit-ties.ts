import { receivesMessages } from './accounting-rules.js';
import { addTo, removeFrom } from './sets-by-key.js';
import type { SpanFacts } from './span-facts.js';
import { Tally } from './tally.js';

/** What ties one unit to others. */
export interface TiedUnit {
  readonly key: string;
  labelled: boolean;
  startUnixNano: bigint;
  readonly traceIds: Set<string>;
  readonly correlations: Set<string>;
  /** Units of the spans that it links. */
  readonly linked: Set<string>;
  /** Spans that it links and that are not held, each with its trace. */
  readonly unresolved: Map<string, string>;
  /** Its spans that link anything. */
  readonly linkers: SpanFacts[];
}

/** The units, and every way to get from one to those it is tied to, in both directions. */
export class UnitTies {
  readonly #unitOf: (spanId: string) => string | undefined;
  readonly #units = new Map<string, TiedUnit>();
  readonly #byTrace = new Map<string, Set<string>>();
  readonly #labelledByTrace = new Map<string, Set<string>>();
  readonly #byCorrelation = new Map<string, Set<string>>();
  /** Spans by the span that they link. */
  readonly #linkers = new Map<string, Set<SpanFacts>>();
  /** Units by the unit that they link, and by the trace of a linked span that is not held. */
  readonly #linkedBy = new Map<string, Set<string>>();
  readonly #waitingFor = new Map<string, Tally<string>>();
  /** Spans that work on messages of a unit. */
  readonly #workersOn = new Map<string, Set<SpanFacts>>();

  constructor(unitOf: (spanId: string) => string | undefined) {
    this.#unitOf = unitOf;
  }

  unit(key: string): TiedUnit | undefined {
    return this.#units.get(key);
  }

  /** Units whose spans are in that trace; with `labelled`, only those with a request id. */
  inTrace(traceId: string, only?: 'labelled'): ReadonlySet<string> {
    return (only ? this.#labelledByTrace : this.#byTrace).get(traceId) ?? NO_KEYS;
  }

  correlatedBy(correlation: string): ReadonlySet<string> {
    return this.#byCorrelation.get(correlation) ?? NO_KEYS;
  }

  linkersOf(spanId: string): Iterable<SpanFacts> {
    return this.#linkers.get(spanId) ?? [];
  }

  linkedBy(key: string): ReadonlySet<string> {
    return this.#linkedBy.get(key) ?? NO_KEYS;
  }

  /** Units that link a span of that trace which is not held. */
  waitingFor(traceId: string): Iterable<string> {
    return this.#waitingFor.get(traceId)?.keys() ?? [];
  }

  workersOn(key: string): Iterable<SpanFacts> {
    return this.#workersOn.get(key) ?? [];
  }

  isAlone(key: string): boolean {
    const unit = this.#units.get(key);
    if (!unit || this.linkedBy(key).size > 0) return false;
    const ties = unit.linked.size + unit.unresolved.size + unit.correlations.size;
    return ties === 0 && [...unit.traceIds].every((id) => this.inTrace(id).size === 1 && !this.#waitingFor.has(id));
  }

  add(facts: SpanFacts): void {
    const unit = this.#unitFor(facts);
    if (facts.startUnixNano < unit.startUnixNano) unit.startUnixNano = facts.startUnixNano;
    this.#noteTrace(unit, facts.traceId);
    if (facts.labelled && !unit.labelled) this.#label(unit);
    for (const correlation of facts.correlations) {
      unit.correlations.add(correlation);
      addTo(this.#byCorrelation, correlation, unit.key);
    }
    for (const linker of this.linkersOf(facts.spanId)) this.#resolve(linker, facts.spanId, unit.key);
    this.#addLinks(facts, unit);
  }

  drop(key: string): void {
    const unit = this.#units.get(key);
    if (!unit) return;
    this.#units.delete(key);
    for (const traceId of unit.traceIds) {
      removeFrom(this.#byTrace, traceId, key);
      removeFrom(this.#labelledByTrace, traceId, key);
    }
    for (const correlation of unit.correlations) removeFrom(this.#byCorrelation, correlation, key);
    for (const traceId of unit.unresolved.values()) this.#stopWaiting(traceId, key);
    for (const facts of unit.linkers) for (const { spanId } of facts.links) removeFrom(this.#linkers, spanId, facts);
    this.#dropLinksFrom(unit);
    this.#dropLinksTo(key);
  }

  #addLinks(facts: SpanFacts, unit: TiedUnit): void {
    if (facts.links.length > 0) unit.linkers.push(facts);
    for (const { spanId, traceId } of facts.links) {
      addTo(this.#linkers, spanId, facts);
      const target = this.#unitOf(spanId);
      if (target !== undefined) this.#resolve(facts, spanId, target);
      else if (!unit.unresolved.has(spanId)) this.#wait(unit, spanId, traceId);
    }
  }

  #wait(unit: TiedUnit, spanId: string, traceId: string): void {
    unit.unresolved.set(spanId, traceId);
    const waiting = this.#waitingFor.get(traceId) ?? new Tally<string>();
    this.#waitingFor.set(traceId, waiting);
    waiting.add(unit.key);
  }

  #stopWaiting(traceId: string, key: string): void {
    const waiting = this.#waitingFor.get(traceId);
    waiting?.take(key);
    if (waiting?.size === 0) this.#waitingFor.delete(traceId);
  }

  #resolve(linker: SpanFacts, spanId: string, target: string): void {
    const unit = this.#unitFor(linker);
    const waitedFor = unit.unresolved.get(spanId);
    unit.unresolved.delete(spanId);
    if (waitedFor !== undefined) this.#stopWaiting(waitedFor, unit.key);
    if (target === unit.key) return;
    unit.linked.add(target);
    addTo(this.#linkedBy, target, unit.key);
    if (receivesMessages(linker)) addTo(this.#workersOn, target, linker);
  }

  #dropLinksFrom({ key, linked, linkers }: TiedUnit): void {
    for (const target of linked) {
      removeFrom(this.#linkedBy, target, key);
      for (const facts of linkers) removeFrom(this.#workersOn, target, facts);
    }
  }

  #dropLinksTo(key: string): void {
    for (const linker of this.linkedBy(key)) this.#units.get(linker)?.linked.delete(key);
    this.#linkedBy.delete(key);
    this.#workersOn.delete(key);
  }

  #noteTrace(unit: TiedUnit, traceId: string): void {
    if (unit.traceIds.has(traceId)) return;
    unit.traceIds.add(traceId);
    addTo(this.#byTrace, traceId, unit.key);
    if (unit.labelled) addTo(this.#labelledByTrace, traceId, unit.key);
  }

  /** A request id MAY read like a trace id: one labelled span makes all of the unit a request. */
  #label(unit: TiedUnit): void {
    unit.labelled = true;
    for (const traceId of unit.traceIds) addTo(this.#labelledByTrace, traceId, unit.key);
  }

  #unitFor(facts: SpanFacts): TiedUnit {
    const held = this.#units.get(facts.key);
    if (held) return held;
    const unit: TiedUnit = {
      key: facts.key,
      labelled: facts.labelled,
      startUnixNano: facts.startUnixNano,
      traceIds: new Set(),
      correlations: new Set(),
      linked: new Set(),
      unresolved: new Map(),
      linkers: [],
    };
    this.#units.set(facts.key, unit);
    return unit;
  }
}

const NO_KEYS: ReadonlySet<string> = new Set();
