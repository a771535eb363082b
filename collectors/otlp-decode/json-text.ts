import { isDeeperThan, withLongIntegersQuoted } from '../../src/lib/exact-json.js';
import { undecodable } from './undecodable.js';
import { MAX_DEPTH } from './wire-reader.js';

/**
 * Parses JSON text without losing a bit of its integers: those of more than 15 digits come back as strings of digits.
 *
 * Depth is checked before parsing. Throws TracecourtError `undecodable-spans` for text that is no JSON or nested too deeply.
 */
export function parseJsonExactly(text: string): unknown {
  if (isDeeperThan(text, MAX_DEPTH)) throw undecodable(`its JSON is nested deeper than ${MAX_DEPTH}`);
  try {
    return JSON.parse(withLongIntegersQuoted(text));
  } catch (error) {
    throw undecodable(`it is no JSON (${error instanceof Error ? error.message : String(error)})`, error);
  }
}
