import type { SpanFacts } from './span-facts.js';
import { type TiedUnit, UnitTies } from './unit-ties.js';

/**
 * Which units make one request.
 *
 * A unit with a request id is a request of its own. One without (its key is a trace id) belongs to the requests it is tied to:
 * by a trace they share, by its links, and only if there are neither, by a declared correlation attribute. Tied to none, it is a
 * request itself. Units without request id that point at each other in a circle are called by the one that started first.
 *
 * No search goes on beyond a unit with a request id: thousands of requests may share one trace, and concern each other no more
 * for that.
 */
export interface RequestGroups {
  /** Takes a span, and adds to `change` what it changes. The span's own unit counts as changed. */
  add(facts: SpanFacts, change: Change): void;
  drop(key: string): void;
  /** Keys of the units that have spans in that trace. */
  unitsInTrace(traceId: string): ReadonlySet<string>;
  /** True of a unit that nothing ties to another one, and that no other waits for. */
  isAlone(key: string): boolean;
  /** The requests that a unit belongs to. */
  requestsOf(key: string): ReadonlySet<string>;
  /** The requests whose content may have changed, with their units. */
  around(change: Change): ReadonlyMap<string, RequestGroup>;
}

export interface Change {
  /** Units of which something else is true: their spans, their accounts or their ties. */
  readonly units: Set<string>;
  /** Requests that such a unit belonged to before. */
  readonly requests: Set<string>;
}

export function noChange(): Change {
  return { units: new Set(), requests: new Set() };
}

export interface RequestGroup {
  readonly requestId: string;
  /** Keys of the units that are of this request in full. */
  readonly units: ReadonlySet<string>;
  /** Spans of other requests' units that work on a message of this request; what hangs below them is shared too. */
  readonly sharedFrom: readonly SpanFacts[];
}

export function createRequestGroups(unitOf: (spanId: string) => string | undefined): RequestGroups {
  return new Groups(new UnitTies(unitOf));
}

class Groups implements RequestGroups {
  readonly #ties: UnitTies;

  constructor(ties: UnitTies) {
    this.#ties = ties;
  }

  add(facts: SpanFacts, change: Change): void {
    change.units.add(facts.key);
    for (const key of this.#stirredBy(facts)) {
      change.units.add(key);
      for (const requestId of this.requestsOf(key)) change.requests.add(requestId);
    }
    this.#ties.add(facts);
  }

  drop(key: string): void {
    this.#ties.drop(key);
  }

  unitsInTrace(traceId: string): ReadonlySet<string> {
    return this.#ties.inTrace(traceId);
  }

  isAlone(key: string): boolean {
    return this.#ties.isAlone(key);
  }

  requestsOf(key: string): ReadonlySet<string> {
    const unit = this.#ties.unit(key);
    if (!unit) return new Set();
    if (unit.labelled) return new Set([key]);
    return membership(this.#tiedTo(unit)).get(key) ?? new Set();
  }

  around(change: Change): ReadonlyMap<string, RequestGroup> {
    const requestIds = new Set(change.requests);
    for (const key of change.units) {
      for (const requestId of this.requestsOf(key)) requestIds.add(requestId);
      for (const sharing of this.#ties.unit(key)?.linked ?? []) {
        for (const requestId of this.requestsOf(sharing)) requestIds.add(requestId);
      }
    }
    const groups = new Map<string, RequestGroup>();
    for (const requestId of requestIds) {
      if (this.requestsOf(requestId).has(requestId)) groups.set(requestId, this.#group(requestId));
    }
    return groups;
  }

  #group(requestId: string): RequestGroup {
    const units = new Set([requestId]);
    for (const key of units) for (const pointing of this.#pointingAt(key)) units.add(pointing);
    const shared = new Set<SpanFacts>();
    for (const key of units) {
      for (const worker of this.#ties.workersOn(key)) if (!units.has(worker.key)) shared.add(worker);
    }
    return { requestId, units, sharedFrom: [...shared] };
  }

  /** Units, other than the span's own as it grows, that will point elsewhere once the span is held. */
  #stirredBy(facts: SpanFacts): ReadonlySet<string> {
    const { key, traceId, spanId, labelled } = facts;
    const unit = this.#ties.unit(key);
    const stirred = new Set<string>();
    if (unit && !unit.labelled && mayPointElsewhere(facts, unit)) stirred.add(key);
    for (const linker of this.#ties.linkersOf(spanId)) stirred.add(linker.key).add(key);
    for (const correlation of facts.correlations) {
      if (!unit?.correlations.has(correlation)) this.#stirCorrelated(correlation, stirred);
    }
    if (unit?.traceIds.has(traceId)) return stirred;
    for (const waiting of this.#ties.waitingFor(traceId)) stirred.add(waiting);
    if (labelled && this.#ties.inTrace(traceId, 'labelled').size === 0) stirred.add(traceId);
    return stirred;
  }

  /** Those that only correlation ties are tied to each other, so one of them stands for all. */
  #stirCorrelated(correlation: string, stirred: Set<string>): void {
    for (const key of this.#ties.correlatedBy(correlation)) {
      const unit = this.#ties.unit(key);
      if (!unit || unit.labelled || this.#firmTargets(unit).size > 0) continue;
      stirred.add(key);
      return;
    }
  }

  /** Each unit that this one is tied to, over however many steps, with its own targets. */
  #tiedTo(unit: TiedUnit): ReadonlyMap<TiedUnit, ReadonlySet<string>> {
    const reached = new Set([unit.key]);
    const tied = new Map<TiedUnit, ReadonlySet<string>>();
    for (const key of reached) {
      const found = this.#ties.unit(key);
      if (!found) continue;
      const targets = this.#targets(found);
      tied.set(found, targets);
      for (const target of targets) reached.add(target);
    }
    return tied;
  }

  #targets(unit: TiedUnit): ReadonlySet<string> {
    if (unit.labelled) return new Set();
    const targets = this.#firmTargets(unit);
    if (targets.size > 0) return targets;
    for (const correlation of unit.correlations) {
      for (const key of this.#ties.correlatedBy(correlation)) targets.add(key);
    }
    targets.delete(unit.key);
    return targets;
  }

  /** Targets by trace and by link; while a linked span is not held, all units of its trace. */
  #firmTargets(unit: TiedUnit): Set<string> {
    const targets = new Set(unit.linked);
    for (const traceId of unit.traceIds) {
      for (const key of this.#ties.inTrace(traceId, 'labelled')) targets.add(key);
    }
    for (const traceId of new Set(unit.unresolved.values())) {
      for (const key of this.#ties.inTrace(traceId)) targets.add(key);
    }
    targets.delete(unit.key);
    return targets;
  }

  /** The units without request id that have this one among their targets. */
  *#pointingAt(key: string): Iterable<string> {
    const unit = this.#ties.unit(key);
    if (!unit) return;
    for (const linker of this.#ties.linkedBy(key)) if (this.#isUnlabelled(linker)) yield linker;
    for (const traceId of unit.traceIds) {
      if (unit.labelled && this.#isUnlabelled(traceId)) yield traceId;
      for (const waiting of this.#ties.waitingFor(traceId)) if (this.#isUnlabelled(waiting)) yield waiting;
    }
    for (const correlation of unit.correlations) {
      for (const other of this.#ties.correlatedBy(correlation)) if (this.#hasNoFirmTarget(other)) yield other;
    }
  }

  #isUnlabelled(key: string): boolean {
    return this.#ties.unit(key)?.labelled === false;
  }

  #hasNoFirmTarget(key: string): boolean {
    const unit = this.#ties.unit(key);
    return unit?.labelled === false && this.#firmTargets(unit).size === 0;
  }
}

function mayPointElsewhere(facts: SpanFacts, unit: TiedUnit): boolean {
  if (facts.labelled || facts.links.length > 0) return true;
  const isTied = unit.linked.size + unit.unresolved.size + unit.correlations.size > 0;
  return isTied && facts.startUnixNano < unit.startUnixNano;
}

/** The requests that each of these belongs to. All targets of each MUST be among them. */
function membership(tied: ReadonlyMap<TiedUnit, ReadonlySet<string>>): ReadonlyMap<string, ReadonlySet<string>> {
  const requestsOf = new Map<string, Set<string>>();
  const targetsOf = new Map<string, ReadonlySet<string>>();
  const pointingAt = new Map<string, string[]>();
  for (const [{ key }, targets] of tied) {
    requestsOf.set(key, new Set());
    targetsOf.set(key, targets);
    for (const target of targets) {
      const pointing = pointingAt.get(target);
      if (pointing) pointing.push(key);
      else pointingAt.set(target, [key]);
    }
  }
  const spread = (anchor: string) => {
    for (const key of closure(anchor, pointingAt)) requestsOf.get(key)?.add(anchor);
  };
  for (const [key, targets] of targetsOf) if (targets.size === 0) spread(key);
  for (const { key } of [...tied.keys()].sort(byStart)) {
    if (requestsOf.get(key)?.size === 0 && isInCircle(key, targetsOf, pointingAt)) spread(key);
  }
  return requestsOf;
}

/** True when everything that it leads to leads back to it; what only points into a circle is not of it. */
function isInCircle(key: string, targetsOf: Steps, pointingAt: Steps): boolean {
  const leadingHere = closure(key, pointingAt);
  return [...closure(key, targetsOf)].every((reached) => leadingHere.has(reached));
}

type Steps = ReadonlyMap<string, Iterable<string>>;

function closure(from: string, steps: Steps): ReadonlySet<string> {
  const reached = new Set([from]);
  for (const key of reached) for (const next of steps.get(key) ?? []) reached.add(next);
  return reached;
}

function byStart(a: TiedUnit, b: TiedUnit): number {
  if (a.startUnixNano !== b.startUnixNano) return a.startUnixNano < b.startUnixNano ? -1 : 1;
  return a.key < b.key ? -1 : 1;
}
