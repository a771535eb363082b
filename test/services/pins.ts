import { createHash } from 'node:crypto';

/** Every version that is fetched. A version range has no place here: what was tested is what is fetched. */
export const PINS = {
  kafka: '4.4.0',
  neo4j: '5.26.30',
  slf4jSimple: '1.7.36',
  mavenDependencyPlugin: '3.8.1',
} as const;

/** The oldest Java that both servers run on. */
export const OLDEST_JAVA = 17;

/** A short name for what these texts say together: another one as soon as a letter of them differs. */
export function hashOf(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text.length}:${text}`);
  return hash.digest('hex').slice(0, 12);
}
