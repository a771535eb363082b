import type { TraceStep, VersionRule } from '../../model/index.js';

/** A version, as a step may tell it. */
export type Version = string | number | bigint;

/** An occurrence that told a version of something. */
export interface Sighting {
  readonly traceStep: TraceStep;
  readonly version: Version;
  /** Which of several such things; one and the same where the rule has no key. */
  readonly key: string;
}

type Answer = { readonly value: unknown } | { readonly error: string };

/** What an occurrence tells by a version rule: null for no version at all, or what of it cannot be worked out. */
export function readVersion(
  rule: VersionRule,
  traceStep: TraceStep,
  ask: (text: string) => Answer,
): Sighting | (Omit<Sighting, 'version'> & { readonly version: null }) | { readonly problem: string } {
  const version = ask(rule.version);
  const key: Answer = rule.key === undefined ? { value: '' } : ask(rule.key);
  if ('error' in version) return { problem: `${rule.version} of \`${traceStep.stepName}\`: ${version.error}` };
  if (version.value === null) return { traceStep, version: null, key: '' };
  if (!isVersion(version.value))
    return { problem: `${rule.version} of \`${traceStep.stepName}\` is neither number nor text` };
  if ('error' in key) return { problem: `${rule.key} of \`${traceStep.stepName}\`: ${key.error}` };
  return { traceStep, version: version.value, key: String(key.value) };
}

function isVersion(value: unknown): value is Version {
  return typeof value === 'string' || typeof value === 'bigint' || (typeof value === 'number' && !Number.isNaN(value));
}

/**
 * Whether `a` is newer than `b`; undefined if they cannot be compared. Numbers, and texts that are whole numbers, compare by value, however long; other
 * texts say no more than whether they are the same.
 */
export function isNewer(a: Version, b: Version): boolean | undefined {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined) return x > y;
  return a === b ? false : undefined;
}

function numberOf(version: Version): number | bigint | undefined {
  if (typeof version !== 'string') return version;
  return /^\d+$/.test(version) ? BigInt(version) : undefined;
}
