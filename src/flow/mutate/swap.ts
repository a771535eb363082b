import type { AttributeValue, JudgeableRequest, Span } from '../../model/index.js';
import { withAttributes, withSpans } from './edit-spans.js';
import type { Subject } from './subject.js';

/** What a step says of itself, under the ledger's names. Its other attributes are the process's, and stay where they are. */
const OF_THE_STEP: readonly string[] = ['tracecourt.step', 'tracecourt.step.input', 'tracecourt.step.output'];

/** Two spans change places: each does, at the other's time and place, what it did. */
export function swap(
  { request, observations, family }: Subject,
  [first, second]: readonly [string, string],
): JudgeableRequest | undefined {
  const [a, b] = [family.get(first), family.get(second)];
  if (!a || !b || !areOfOneProcess(a, b)) return undefined;
  const spans = request.spans.map((span) => (span === a ? asThe(b, a) : span === b ? asThe(a, b) : span));
  return { request: withSpans(request, spans), observations };
}

/** Only within one process: elsewhere it would be another process that does it. */
function areOfOneProcess(a: Span, b: Span): boolean {
  const process = ({ resource }: Span) => `${resource.get('service.name')} ${resource.get('service.instance.id')}`;
  return process(a) === process(b);
}

/** The doing of one span at the place of another. */
function asThe(doing: Span, place: Span): Span {
  const changes: Record<string, AttributeValue> = {};
  for (const [key] of place.attributes.entries()) if (isMovable(key)) changes[key] = null;
  for (const [key, value] of doing.attributes.entries()) if (isMovable(key)) changes[key] ??= value;
  const { name, kind, status, events } = doing;
  return { ...place, name, kind, status, events, attributes: withAttributes(place.attributes, changes) };
}

function isMovable(key: string): boolean {
  return !key.startsWith('tracecourt.') || OF_THE_STEP.includes(key);
}
