import { receivesMessages } from './accounting.js';
import type { LinkFacts, SpanFacts } from './span-facts.js';

/**
 * Which units make one request.
 *
 * A unit with a request id is a request of its own. One without (its key is a trace id) belongs to the requests it is tied to:
 * by a trace they share, by its links, and only if there are neither, by a declared correlation attribute. Tied to none, it is a
 * request itself. Units without request id that point at each other in a circle are called by the one that started first.
 */
export interface RequestGroups {
  add(facts: SpanFacts): void;
  drop(key: string): void;
  /** The requests whose content, or whose accounting, may depend on these units, with their units. */
  around(keys: Iterable<string>): ReadonlyMap<string, RequestGroup>;
}

export interface RequestGroup {
  readonly requestId: string;
  /** Keys of the units that are of this request in full. */
  readonly units: ReadonlySet<string>;
  /** Spans of other requests' units that work on a message of this request; what hangs below them is shared too. */
  readonly sharedFrom: readonly SpanFacts[];
}

export function createRequestGroups(unitOf: (spanId: string) => string | undefined): RequestGroups {
  return new Groups(unitOf);
}

interface Node {
  readonly key: string;
  readonly labelled: boolean;
  readonly traceIds: Set<string>;
  readonly links: { readonly from: SpanFacts; readonly link: LinkFacts }[];
  readonly correlations: Set<string>;
  startUnixNano: bigint;
}

class Groups implements RequestGroups {
  readonly #unitOf: (spanId: string) => string | undefined;
  readonly #nodes = new Map<string, Node>();
  readonly #byTrace = new Map<string, Set<string>>();
  readonly #linkersTo = new Map<string, Set<string>>();
  readonly #byCorrelation = new Map<string, Set<string>>();

  constructor(unitOf: (spanId: string) => string | undefined) {
    this.#unitOf = unitOf;
  }

  add(facts: SpanFacts): void {
    const node = this.#nodeFor(facts);
    if (facts.startUnixNano < node.startUnixNano) node.startUnixNano = facts.startUnixNano;
    node.traceIds.add(facts.traceId);
    addTo(this.#byTrace, facts.traceId, facts.key);
    for (const link of facts.links) {
      node.links.push({ from: facts, link });
      addTo(this.#linkersTo, link.traceId, facts.key);
    }
    for (const correlation of facts.correlations) {
      node.correlations.add(correlation);
      addTo(this.#byCorrelation, correlation, facts.key);
    }
  }

  drop(key: string): void {
    const node = this.#nodes.get(key);
    if (!node) return;
    this.#nodes.delete(key);
    for (const traceId of node.traceIds) removeFrom(this.#byTrace, traceId, key);
    for (const { link } of node.links) removeFrom(this.#linkersTo, link.traceId, key);
    for (const correlation of node.correlations) removeFrom(this.#byCorrelation, correlation, key);
  }

  around(keys: Iterable<string>): ReadonlyMap<string, RequestGroup> {
    const cluster = this.#cluster(keys);
    const membership = this.#membership(cluster);
    const unitsOf = new Map<string, Set<string>>();
    for (const [key, requests] of membership) for (const request of requests) addTo(unitsOf, request, key);
    const groups = new Map<string, RequestGroup>();
    for (const [requestId, units] of unitsOf) {
      groups.set(requestId, { requestId, units, sharedFrom: this.#sharedWith(requestId, units) });
    }
    return groups;
  }

  /** All units connected with these, in whatever way and over however many steps. */
  #cluster(keys: Iterable<string>): readonly Node[] {
    const reached = new Set(keys);
    const nodes: Node[] = [];
    for (const key of reached) {
      const node = this.#nodes.get(key);
      if (!node) continue;
      nodes.push(node);
      for (const neighbour of this.#neighbours(node)) reached.add(neighbour);
    }
    return nodes;
  }

  *#neighbours(node: Node): Iterable<string> {
    for (const traceId of node.traceIds) {
      yield* this.#byTrace.get(traceId) ?? [];
      yield* this.#linkersTo.get(traceId) ?? [];
    }
    for (const { link } of node.links) yield* this.#byTrace.get(link.traceId) ?? [];
    for (const correlation of node.correlations) yield* this.#byCorrelation.get(correlation) ?? [];
  }

  /** The requests each unit belongs to. */
  #membership(cluster: readonly Node[]): ReadonlyMap<string, ReadonlySet<string>> {
    const membership = new Map<string, Set<string>>(cluster.map(({ key }) => [key, new Set<string>()]));
    const pointingAt = new Map<string, Set<string>>();
    const anchors: string[] = [];
    for (const node of cluster) {
      const targets = node.labelled ? [] : this.#targets(node);
      for (const target of targets) addTo(pointingAt, target, node.key);
      if (node.labelled || targets.length === 0) anchors.push(node.key);
    }
    for (const anchor of anchors) spread(anchor, pointingAt, membership);
    for (const node of [...cluster].sort(byStart)) {
      if (membership.get(node.key)?.size === 0) spread(node.key, pointingAt, membership);
    }
    return membership;
  }

  /** The units that a unit without request id is tied to. */
  #targets(node: Node): readonly string[] {
    const targets = new Set<string>();
    for (const traceId of node.traceIds) {
      for (const key of this.#byTrace.get(traceId) ?? []) if (this.#nodes.get(key)?.labelled) targets.add(key);
    }
    for (const { link } of node.links) for (const key of this.#linkedUnits(link)) targets.add(key);
    targets.delete(node.key);
    if (targets.size === 0) {
      for (const correlation of node.correlations) {
        for (const key of this.#byCorrelation.get(correlation) ?? []) targets.add(key);
      }
      targets.delete(node.key);
    }
    return [...targets];
  }

  /** The unit of the linked span; while that span is not held, all units of its trace. */
  #linkedUnits(link: LinkFacts): Iterable<string> {
    const unit = this.#unitOf(link.spanId);
    return unit === undefined ? (this.#byTrace.get(link.traceId) ?? []) : [unit];
  }

  #sharedWith(requestId: string, units: ReadonlySet<string>): readonly SpanFacts[] {
    const linkers = new Set<string>();
    for (const key of units) {
      for (const traceId of this.#nodes.get(key)?.traceIds ?? []) {
        for (const linker of this.#linkersTo.get(traceId) ?? []) if (!units.has(linker)) linkers.add(linker);
      }
    }
    const shared = new Set<SpanFacts>();
    for (const linker of linkers) {
      for (const { from, link } of this.#nodes.get(linker)?.links ?? []) {
        const unit = this.#unitOf(link.spanId);
        if (unit !== undefined && units.has(unit) && receivesMessages(from) && from.key !== requestId) shared.add(from);
      }
    }
    return [...shared];
  }

  #nodeFor(facts: SpanFacts): Node {
    const held = this.#nodes.get(facts.key);
    if (held) return held;
    const node: Node = {
      key: facts.key,
      labelled: facts.labelled,
      traceIds: new Set(),
      links: [],
      correlations: new Set(),
      startUnixNano: facts.startUnixNano,
    };
    this.#nodes.set(facts.key, node);
    return node;
  }
}

/** Gives the anchor's request to the anchor and to all that point at it, over however many steps. */
function spread(
  anchor: string,
  pointingAt: ReadonlyMap<string, ReadonlySet<string>>,
  membership: ReadonlyMap<string, Set<string>>,
): void {
  const reached = new Set([anchor]);
  for (const key of reached) {
    membership.get(key)?.add(anchor);
    for (const pointer of pointingAt.get(key) ?? []) reached.add(pointer);
  }
}

function byStart(a: Node, b: Node): number {
  if (a.startUnixNano !== b.startUnixNano) return a.startUnixNano < b.startUnixNano ? -1 : 1;
  return a.key < b.key ? -1 : 1;
}

function addTo<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const set = map.get(key);
  if (set) set.add(value);
  else map.set(key, new Set([value]));
}

function removeFrom<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const set = map.get(key);
  set?.delete(value);
  if (set?.size === 0) map.delete(key);
}
