import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, nanosToMs } from '../../lib/clock.js';
import type { ServiceHealth } from '../../model/index.js';
import { type HealthCourse, type HealthRules, nextCourse } from './health-course.js';

/** One service after one round of checks. */
export interface WatchedService {
  readonly checked: ServiceHealth;
  readonly course: HealthCourse;
  /** True when this round changed its state; the first round changes nothing. */
  readonly hasChanged: boolean;
}

export interface WatchOptions {
  readonly check: () => Promise<readonly ServiceHealth[]>;
  readonly everyMs: number;
  readonly rules: HealthRules;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Checks again and again until the signal aborts; the pause is from the end of one round to the begin of the next. */
export async function* watchHealth(options: WatchOptions): AsyncGenerator<readonly WatchedService[]> {
  const { check, everyMs, rules, clock, signal } = options;
  let courses: ReadonlyMap<string, HealthCourse> = new Map();
  while (!signal.aborted) {
    const checks = await check();
    const nowMs = nanosToMs(clock.now());
    const round = checks.map((checked): WatchedService => {
      const before = courses.get(checked.name);
      const course = nextCourse(before, checked.state, { rules, nowMs });
      return { checked, course, hasChanged: before !== undefined && before.state !== course.state };
    });
    courses = new Map(round.map(({ checked, course }) => [checked.name, course]));
    yield round;
    await delay(everyMs, undefined, { signal }).catch(() => undefined);
  }
}
