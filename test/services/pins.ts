import { createHash } from 'node:crypto';

/** Every version that is fetched. A version range has no place here: what was tested is what is fetched. */
export const PINS = {
  kafka: '4.4.0',
  neo4j: '5.26.30',
  slf4jSimple: '1.7.36',
  mavenDependencyPlugin: '3.8.1',
} as const;

/** The versions of the Go programs that are built; those of the Collector's parts are in otel-collector/manifest.yaml. */
export const GO_PINS = {
  collector: '0.155.0',
  telemetrygen: '0.161.0',
} as const;

/** What Debian 12 has. Its packages are not pinned: it keeps one version of each, and mends that. */
export const DEBIAN_VERSIONS = {
  redis: '7.0.15',
  prometheus: '2.42.0',
} as const;

/** The oldest Go, as the second number of its version, that builds them. */
export const OLDEST_GO = 25;

/** The oldest Java that both servers run on. */
export const OLDEST_JAVA = 17;

/** A short name for what these texts say together: another one as soon as a letter of them differs. */
export function hashOf(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text.length}:${text}`);
  return hash.digest('hex').slice(0, 12);
}
