import { describeError, warnOnce } from './warn.js';

/**
 * Runs what tracing does beside the work of the service. What it throws is told once for each subject and goes no further:
 * undefined is returned then.
 */
export function harmless<R>(subject: string, hook: () => R): R | undefined {
  try {
    return hook();
  } catch (error) {
    warnOnce(subject, `${subject} could not be recorded (${describeError(error)}); the work goes on`);
    return undefined;
  }
}
