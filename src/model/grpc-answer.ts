import type { Span } from './span.js';

/**
 * Codes that a gRPC library never makes up: they came from the server's own code. The others a client, or a proxy, may give for a server that has not started, or never
 * will.
 */
const ANSWERS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    0: 'OK',
    3: 'INVALID_ARGUMENT',
    5: 'NOT_FOUND',
    6: 'ALREADY_EXISTS',
    9: 'FAILED_PRECONDITION',
    10: 'ABORTED',
    11: 'OUT_OF_RANGE',
    15: 'DATA_LOSS',
  }),
);
const NAMES = new Set(ANSWERS.values());
const STATUS = ['rpc.status_code', 'rpc.response.status_code', 'rpc.grpc.status_code'];

/** True if the status of a call says that its server answered, by name or by number. */
export function answeredByGrpc({ attributes }: Span): boolean {
  for (const key of STATUS) {
    const status = attributes.get(key);
    if (status !== undefined) return ANSWERS.has(String(status)) || NAMES.has(String(status).toUpperCase());
  }
  return false;
}
