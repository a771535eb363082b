import type { Outcome } from '../model/index.js';

/** What a command tells its caller. docs/errors.md and `--help` state the same. */
export const EXIT_CODES = {
  pass: 0,
  fail: 1,
  unknown: 2,
  usage: 3,
  unavailable: 4,
  defect: 5,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

/** Which wins when several apply, most telling first. */
const PRECEDENCE: readonly number[] = [
  EXIT_CODES.interrupted,
  EXIT_CODES.usage,
  EXIT_CODES.defect,
  EXIT_CODES.fail,
  EXIT_CODES.unavailable,
  EXIT_CODES.unknown,
  EXIT_CODES.pass,
];

/** Of no codes at all it is `unknown`: nothing was checked. */
export function combineExitCodes(codes: readonly number[]): number {
  return (
    PRECEDENCE.find((code) => codes.includes(code)) ?? (codes.length === 0 ? EXIT_CODES.unknown : EXIT_CODES.defect)
  );
}

export function exitCodeOf(outcome: Outcome): ExitCode {
  return EXIT_CODES[outcome];
}
