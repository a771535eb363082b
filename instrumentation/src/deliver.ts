/** Delivers one export: again where that may help, and within a time limit. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Delivery, type Destination, post } from './post.js';

const FIRST_PAUSE_MS = 250;

/**
 * Posts the body until it is delivered or refused, or until the next attempt would come too late; the last failure is given then.
 *
 * The pauses double, unless the collector says how long to wait. They differ by a fifth either way, so that services that failed
 * together do not come back together.
 */
export async function deliver(
  destination: Destination,
  body: Uint8Array,
  { withinMs, random = Math.random }: { readonly withinMs: number; readonly random?: () => number },
): Promise<Delivery> {
  const deadline = performance.now() + withinMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
    const delivery = await post(destination, body, deadline - performance.now());
    if (delivery.outcome !== 'retry') return delivery;
    const waitMs = delivery.afterMs ?? pauseMs * (0.8 + 0.4 * random());
    if (performance.now() + waitMs >= deadline) return delivery;
    if (waitMs > 0) await delay(waitMs);
  }
}
