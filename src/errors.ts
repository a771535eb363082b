/**
 * The one tree of what is wrong: with what somebody gave us, with what we need, or with ourselves.
 *
 * Each code has a line in docs/errors.md. What may happen in a good run is no error but a union in the model.
 */
export const ERROR_CODES = {
  usage: { exitCode: 3, retriable: false },
  'invalid-config': { exitCode: 3, retriable: false },
  'invalid-flow': { exitCode: 3, retriable: false },
  'invalid-scenario': { exitCode: 3, retriable: false },
  'invalid-bundle': { exitCode: 3, retriable: false },
  'file-unreadable': { exitCode: 3, retriable: false },
  'not-found': { exitCode: 3, retriable: false },
  'port-in-use': { exitCode: 3, retriable: true },
  'package-missing': { exitCode: 3, retriable: false },
  'service-unavailable': { exitCode: 4, retriable: true },
  'store-unavailable': { exitCode: 4, retriable: true },
  'bundle-unwritable': { exitCode: 3, retriable: true },
  'undecodable-spans': { exitCode: 3, retriable: false },
  defect: { exitCode: 5, retriable: false },
} as const;
export type ErrorCode = keyof typeof ERROR_CODES;

/** A place in a file that somebody wrote. Lines and columns count from 1. */
export interface SourceProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** What is wrong, what was expected, and the likely word if there is one. */
  readonly message: string;
}

export class TracecourtError extends Error {
  readonly code: ErrorCode;
  /** What to do about it, one sentence; empty when the message already says it. */
  readonly nextStep: string;
  /** All problems of a file at once, for errors about a file. */
  readonly problems: readonly SourceProblem[];

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      readonly nextStep?: string;
      readonly problems?: readonly SourceProblem[];
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TracecourtError';
    this.code = code;
    this.nextStep = options.nextStep ?? '';
    this.problems = options.problems ?? [];
  }

  get exitCode(): number {
    return ERROR_CODES[this.code].exitCode;
  }

  get retriable(): boolean {
    return ERROR_CODES[this.code].retriable;
  }
}
