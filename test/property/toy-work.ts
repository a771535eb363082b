/** What the spans of a random system do while they are open, and how calls are received. */
import { publish } from './toy-broker.js';
import { LINGER_MS, type ToyContext, type ToySpan } from './toy-process.js';
import type { ToyWorld } from './toy-world.js';

export const MAIL = 'mail';

const ACTIONS = {
  child,
  call,
  sendBare,
  publish: (world: ToyWorld, span: ToySpan) => publish(world, span, work),
  callNobody,
  relayLater,
  detach,
  callMail,
} as const;

const MENU: readonly (keyof typeof ACTIONS)[] = [
  ...(['child', 'child', 'child', 'call', 'call', 'call', 'sendBare', 'publish', 'publish', 'publish'] as const),
  ...(['callNobody', 'relayLater', 'detach', 'callMail'] as const),
];

export interface Ending {
  readonly error?: string | undefined;
  readonly onEnd?: () => void;
}

/** Lets the span act at random moments, concurrently with everything else, and end. */
export function work(world: ToyWorld, span: ToySpan, ending: Ending = {}): void {
  const { random } = world;
  const durationMs = random.int(12);
  for (let actions = random.int(4); actions > 0; actions--) {
    world.afterIn(span.process, random.int(durationMs + 1), () => {
      if (world.mayGrow()) ACTIONS[random.pick(MENU)](world, span);
    });
  }
  world.afterIn(span.process, durationMs, () => {
    span.error = ending.error;
    world.end(span);
    ending.onEnd?.();
    leakLateWork(world, span);
  });
}

/** The hand-off is on its way, for as long as it takes. */
export function handOff(world: ToyWorld, header: ToyContext): void {
  const { random, options } = world;
  if (options.unprovable && random.chance(0.04)) {
    world.unprovable |= header.touches;
    return;
  }
  world.after(random.int(20), () => receiveCall(world, withBaggageLost(world, header)));
  if (world.leaks('copied-header', 0.3)) world.after(random.int(60), () => receiveCall(world, header));
}

export function withBaggageLost(world: ToyWorld, header: ToyContext): ToyContext {
  return world.random.chance(0.1) ? { ...header, requestId: undefined } : header;
}

/** A server, at once or long after it read the headers, or something that only passes the context on. */
export function receiveCall(world: ToyWorld, header: ToyContext): void {
  const { random } = world;
  const process = world.anyProcess();
  if (random.chance(0.1)) {
    handOff(world, world.inject(process, header));
    return;
  }
  world.afterIn(process, random.chance(0.2) ? random.int(40) : 0, () => {
    const kind = random.chance(0.8) ? 'server' : 'internal';
    const error = kind === 'server' && random.chance(0.1) ? 'failed' : undefined;
    work(world, world.start(process, header, { kind, name: 'serve' }), { error });
  });
}

function child(world: ToyWorld, span: ToySpan): void {
  work(world, world.start(span.process, span.context, { name: 'child' }));
}

/** Waits for the answer or not: nobody can tell from the spans. */
function call(world: ToyWorld, span: ToySpan): void {
  const client = world.start(span.process, span.context, { kind: 'client', name: 'call' });
  handOff(world, world.inject(client.process, client.context));
  if (world.random.chance(0.2)) handOff(world, world.inject(client.process, client.context));
  endLater(world, client);
}

function sendBare(world: ToyWorld, span: ToySpan): void {
  handOff(world, world.inject(span.process, span.context));
}

function callNobody(world: ToyWorld, span: ToySpan): void {
  const client = world.start(span.process, span.context, { kind: 'client', name: 'call nobody' });
  world.inject(client.process, client.context);
  client.error = 'connect ECONNREFUSED 127.0.0.1:9';
  endLater(world, client);
}

/** By then the span may have ended; it is no late work as long as its busy period goes on. */
function relayLater(world: ToyWorld, span: ToySpan): void {
  world.afterIn(span.process, world.random.int(15), () => {
    if (span.process.isBusyWith(span.context)) handOff(world, world.inject(span.process, span.context));
  });
}

/**
 * A span that says it is a root, in a trace of its own, and keeps the baggage. Below a real root that keeps no ledger it would be
 * taken for it.
 */
function detach(world: ToyWorld, span: ToySpan): void {
  const { requestId } = span.context;
  if (requestId === undefined || world.options.unprovable) child(world, span);
  else work(world, world.start(span.process, world.newTrace([span.context], requestId), { name: 'detached' }));
}

function callMail(world: ToyWorld, span: ToySpan): void {
  const attributes = { 'peer.service': MAIL };
  const client = world.start(span.process, span.context, { kind: 'client', name: 'call mail', attributes });
  world.inject(client.process, client.context);
  endLater(world, client);
}

function endLater(world: ToyWorld, span: ToySpan): void {
  world.afterIn(span.process, world.random.int(10), () => world.end(span));
}

/** `res.end(); await x; db.insert()` */
function leakLateWork(world: ToyWorld, span: ToySpan): void {
  if (!world.leaks('late-work', 0.3)) return;
  world.afterIn(span.process, LINGER_MS + 1 + world.random.int(40), () => {
    work(world, world.start(span.process, span.context, { name: 'late' }));
  });
}
