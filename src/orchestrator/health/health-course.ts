import type { HealthState } from '../../model/index.js';

/** The state of a service over many checks. */
export interface HealthCourse {
  readonly state: HealthState;
  /** When it came to be so, in milliseconds. */
  readonly sinceMs: number;
  /** How many checks in a row have said the contrary. */
  readonly contrary: number;
}

/** How many checks in a row it takes to believe them; each at least 1. */
export interface HealthRules {
  readonly failures: number;
  readonly successes: number;
}

/**
 * The course after one more check. The first one is believed; from then on a single check that says the contrary changes
 * nothing:
 *
 * ```
 *   checks     ✔ ✔ ✘ ✔ ✘ ✘ ✘ ✘ ✔ ✘ ✔ ✔ ✔        failures: 3, successes: 2
 *   state      ─────── healthy ┐           ┌── healthy
 *                              └ unhealthy ┘
 * ```
 */
export function nextCourse(
  course: HealthCourse | undefined,
  checked: HealthState,
  { rules, nowMs }: { readonly rules: HealthRules; readonly nowMs: number },
): HealthCourse {
  if (course === undefined) return { state: checked, sinceMs: nowMs, contrary: 0 };
  if (course.state === checked) return course.contrary === 0 ? course : { ...course, contrary: 0 };
  const contrary = course.contrary + 1;
  const needed = checked === 'unhealthy' ? rules.failures : rules.successes;
  return contrary < needed ? { ...course, contrary } : { state: checked, sinceMs: nowMs, contrary: 0 };
}
