import { answeredByGrpc } from './grpc-answer.js';
import type { Span } from './span.js';

/** A gateway answers these for a server that has not started, or never will. */
const ANSWERED_BY_OTHERS = new Set([408, 429, 502, 503, 504]);

/** True if a response of the server's own came back to its client. */
export function answered(client: Span, server: Span): boolean {
  if (client.kind !== 'client' || server.kind !== 'server') return false;
  const status = client.attributes.get('http.response.status_code') ?? client.attributes.get('http.status_code');
  if (status === undefined) return answeredByGrpc(client);
  return typeof status === 'number' && status > 0 && !ANSWERED_BY_OTHERS.has(status);
}
