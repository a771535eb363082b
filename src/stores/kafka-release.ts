/** Keys of the protocol whose versions changed with a release. */
const FETCH = 1;
const LIST_OFFSETS = 2;

/**
 * The release that a broker is of, as far as its list of APIs tells: the protocol has no word for it. Kafka 4 forgot the
 * oldest fetch requests, Kafka 3 brought the seventh way to list offsets.
 */
export function kafkaRelease(answer: Buffer): string {
  const versions = apiVersions(answer);
  const [fetch, listOffsets] = [versions.get(FETCH), versions.get(LIST_OFFSETS)];
  if (fetch === undefined || listOffsets === undefined) return 'unknown';
  if (fetch.min >= 4) return '4.x';
  return listOffsets.max >= 7 ? '3.x' : '2.x or older';
}

interface Versions {
  readonly min: number;
  readonly max: number;
}

/** The answer to the oldest form of the question: length, correlation, error, count, then key, min and max for each API. */
function apiVersions(answer: Buffer): ReadonlyMap<number, Versions> {
  const HEADER_BYTES = 14;
  const ROW_BYTES = 6;
  const versions = new Map<number, Versions>();
  for (let at = HEADER_BYTES; at + ROW_BYTES <= answer.length; at += ROW_BYTES) {
    versions.set(answer.readInt16BE(at), { min: answer.readInt16BE(at + 2), max: answer.readInt16BE(at + 4) });
  }
  return versions;
}
