import type { Arrivals } from './arrivals.js';
import type { ToyExport, ToyRequest, ToySystem } from './toy-system.js';

/** Keeps count of what has arrived, against what really happened. */
export class Truth {
  readonly system: ToySystem;
  readonly #arrived = new Set<string>();
  readonly #missing = new Map<ToyRequest, number>();
  readonly #untold = new Map<ToyRequest, number>();
  readonly #awaited = new Map<ToyRequest, number>();
  readonly #provable: ReadonlySet<ToyRequest>;
  readonly #waiters = new Map<string, readonly ToyRequest[]>();

  constructor(system: ToySystem) {
    this.system = system;
    this.#provable = new Set(system.requests.filter((request) => isProvable(request, system)));
    for (const request of system.requests) {
      this.#missing.set(request, system.exports.filter(({ requests }) => requests & request.bit).length);
      this.#untold.set(request, system.exports.filter(({ touches }) => touches & request.bit).length);
      const needed = neededFor(request, system.exports);
      this.#awaited.set(request, needed.length);
      for (const { span } of needed)
        this.#waiters.set(span.spanId, [...(this.#waiters.get(span.spanId) ?? []), request]);
    }
  }

  /** False for a span that is there already. */
  arrive({ span, requests, touches }: ToyExport, { robbed }: Arrivals): boolean {
    const isNew = !this.#arrived.has(span.spanId);
    if (!isNew) return false;
    this.#arrived.add(span.spanId);
    if (robbed.has(span.spanId)) return true;
    for (const request of this.system.requests) {
      if (requests & request.bit) lower(this.#missing, request);
      if (touches & request.bit) lower(this.#untold, request);
    }
    for (const request of this.#waiters.get(span.spanId) ?? []) lower(this.#awaited, request);
    return true;
  }

  /** Spans of the request that have not arrived, or not with all that they had to say. */
  missing(request: ToyRequest): number {
    return this.#missing.get(request) ?? 0;
  }

  /** As {@link missing}, with the spans of attempts that failed. */
  untold(request: ToyRequest): number {
    return this.#untold.get(request) ?? 0;
  }

  /** True when completion must be known: nothing is missing, of this request or of those it shares work with. */
  mustBeAccounted(request: ToyRequest): boolean {
    return this.#awaited.get(request) === 0 && this.#provable.has(request);
  }
}

/** The origin of another request is a remote parent that is never held. */
function isProvable(request: ToyRequest, { exports, requests, unprovable }: ToySystem): boolean {
  const bits = bitsAround(request, exports);
  const others = requests.filter((other) => other !== request && other.bit & bits);
  return !(bits & unprovable) && others.every(({ origins }) => origins.length === 0);
}

/** Spans on which the proof for a request rests: those of every request with which it shares a key. */
function neededFor(request: ToyRequest, exports: readonly ToyExport[]): readonly ToyExport[] {
  const bits = bitsAround(request, exports);
  const keys = keysOf(bits, exports);
  return exports.filter(({ key }) => keys.has(key));
}

function bitsAround(request: ToyRequest, exports: readonly ToyExport[]): number {
  let bits = request.bit;
  for (;;) {
    const keys = keysOf(bits, exports);
    const wider = exports.reduce((all, { key, touches }) => (keys.has(key) ? all | touches : all), bits);
    if (wider === bits) return bits;
    bits = wider;
  }
}

function keysOf(bits: number, exports: readonly ToyExport[]): ReadonlySet<string> {
  return new Set(exports.filter(({ touches }) => touches & bits).map(({ key }) => key));
}

function lower(counts: Map<ToyRequest, number>, request: ToyRequest): void {
  counts.set(request, (counts.get(request) ?? 0) - 1);
}
