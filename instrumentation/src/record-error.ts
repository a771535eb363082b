/** How a failed operation is written on its span. */
import { homedir } from 'node:os';
import { type Span, SpanStatusCode } from '@opentelemetry/api';
import { redactText } from './redact.js';

/**
 * Marks the span as failed: status, `error.type`, and the exception as an event, without secrets and local paths. `type` is
 * the error's code or name unless given.
 */
export function recordError(span: Span, error: unknown, type?: string): void {
  const { name: ownName, message, stack } = described(error);
  const name = type ?? ownName;
  const text = redactText(message);
  span.recordException({ name, message: text, ...(stack && { stack: withoutLocalPaths(redactText(stack)) }) });
  span.setAttribute('error.type', name);
  span.setStatus({ code: SpanStatusCode.ERROR, message: text });
}

/** What neo4j-driver says when there is no code. */
const NO_CODE = 'N/A';

interface DescribedError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

function described(error: unknown): DescribedError {
  if (!(error instanceof Error)) return { name: '_OTHER', message: String(error), stack: undefined };
  const code = 'code' in error && typeof error.code === 'string' && error.code !== NO_CODE ? error.code : undefined;
  return { name: code ?? error.name, message: error.message, stack: error.stack };
}

/** Keeps what a path says within the project, or within a package, and nothing of the machine. */
function withoutLocalPaths(stack: string): string {
  const [here, home] = [process.cwd(), homedir()];
  const short = stack.replace(/(?:file:\/\/)?[^\s()]*[\\/]node_modules[\\/]/g, 'node_modules/');
  const relative = here.length > 1 ? short.replaceAll(here, '.') : short;
  return home.length > 1 ? relative.replaceAll(home, '~') : relative;
}
