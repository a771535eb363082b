import { type Span, spanTree } from '../../src/model/index.js';
import { hasCurrentNames, withCurrentNames } from './attribute-aliases.js';
import { dropDuplicates } from './drop-duplicates.js';
import { areInOrder, orderSpans } from './order-spans.js';

export { ledgerOf, withCurrentNames } from './attribute-aliases.js';
export { spanKey } from './drop-duplicates.js';
export { isFuller } from './fuller-span.js';
export { compare, orderSpans } from './order-spans.js';

/**
 * Makes spans as they arrived into spans as everything behind the collector may expect them.
 *
 * 1. Duplicates go first, so that nothing behind works on a span twice.
 * 2. Old attribute names get their current ones: matchers and accounting know only those.
 * 3. Order comes last: it depends on the set of spans, which is final by then.
 */
export function adjust(spans: readonly Span[]): readonly Span[] {
  if (isAdjusted(spans)) return spans;
  return orderSpans(dropDuplicates(spans).map(withCurrentNames));
}

/** True of spans as the assembler holds them: nothing is left to do. */
function isAdjusted(spans: readonly Span[]): boolean {
  return areInOrder(spans) && spans.every(hasCurrentNames) && spanTree(spans).indexOf.size === spans.length;
}
