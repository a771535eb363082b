import { count, printable } from '../view/index.js';

/** A request that a collector has put together, in one line. */
export function completedText(request: {
  readonly requestId: string;
  readonly revision: number;
  readonly completedBy: string | null;
  readonly spans: number;
  readonly services: readonly string[];
}): string {
  const { requestId, revision, completedBy, spans, services } = request;
  const of = services.length === 0 ? '' : ` of ${services.join(', ')}`;
  const again = revision === 1 ? '' : `  revision ${revision}`;
  return printable(`${requestId}  ${completedBy ?? 'open'}  ${count(spans, 'span')}${of}${again}`);
}
