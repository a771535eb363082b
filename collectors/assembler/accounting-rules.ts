import type { HandoffId } from '@tracecourt/instrumentation/wire-names';
import type { HandoffDeclarations } from '../../src/model/index.js';
import type { LinkFacts, SpanFacts } from './span-facts.js';

/** A sender outside of all ledgers (curl, a load tool) that said what it would send. */
export interface Origin {
  readonly parentSpanId: string;
  readonly sends: number;
}

export const NO_DECLARATIONS: HandoffDeclarations = { consumers: {}, uninstrumented: [] };

/** A span that began the work: it has no parent, and no message that it works on. */
export function isRoot(facts: SpanFacts): boolean {
  return facts.parentSpanId === undefined && !(facts.kind === 'consumer' && facts.links.length > 0);
}

/** True for a span that works on the messages it links; one that only fetches them has not begun. */
export function receivesMessages(facts: SpanFacts): boolean {
  return facts.kind === 'consumer' && !facts.onlyReceives;
}

/**
 * The hand-offs that a span received, one entry for each message: by links if it works on messages, and by its remote parent.
 * A parent that is linked as well is the same message.
 */
export function receivedBy(facts: SpanFacts): readonly HandoffId[] {
  const received = receivesMessages(facts) ? facts.links.flatMap(handoffOfItself) : [];
  const { handoff } = facts;
  if (!handoff || !mayBeRemote(facts) || handoff.spanId !== facts.parentSpanId) return received;
  const isLinked = received.some(({ spanId, n }) => spanId === handoff.spanId && n === handoff.n);
  return isLinked ? received : [...received, handoff];
}

/** A link whose state names another span came through a process without a ledger. */
function handoffOfItself({ spanId, handoff }: LinkFacts): readonly HandoffId[] {
  return handoff?.spanId === spanId ? [handoff] : [];
}

/** Spans that sent the messages which a span works on, whether or not their processes keep ledgers. */
export function sendersTo(facts: SpanFacts): ReadonlySet<string> {
  return receivesMessages(facts) && facts.links.length > 0 ? new Set(facts.links.map(({ spanId }) => spanId)) : NOBODY;
}

const NOBODY: ReadonlySet<string> = new Set();

/** True unless the sender said that the span's parent is of its own process. */
export function mayBeRemote({ parentIsRemote }: SpanFacts): boolean {
  return parentIsRemote !== false;
}

export function handoffKey({ spanId, n }: HandoffId): string {
  return `${spanId}.${n}`;
}

/** A message whose handling failed may come again; a server that failed has answered. */
export function isGoodReceipt(facts: SpanFacts): boolean {
  return !facts.failed || facts.kind === 'server';
}
