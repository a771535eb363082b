import { randomUUID } from 'node:crypto';
import { context, propagation } from '@opentelemetry/api';
import { REQUEST_ID } from '@tracecourt/instrumentation/wire-names';

/** Does the work under the caller's request id, or under a fresh one; both travel on in the baggage. */
export function withRequestId<T>(work: (requestId: string) => T): T {
  const baggage = propagation.getActiveBaggage() ?? propagation.createBaggage();
  const given = baggage.getEntry(REQUEST_ID)?.value;
  if (given) return work(given);
  const requestId = randomUUID();
  const named = baggage.setEntry(REQUEST_ID, { value: requestId });
  return context.with(propagation.setBaggage(context.active(), named), () => work(requestId));
}
