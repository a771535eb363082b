import { existsSync, linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { TracecourtError } from '../errors.js';

/** Throws TracecourtError `usage` where there is such a file: nothing of anybody's is overwritten unasked. */
export function refuseExisting(file: string): void {
  if (existsSync(file)) throw exists(file);
}

/**
 * Writes a file whole or not at all: a reader never sees half of it. Throws TracecourtError `usage` where it exists and may not be overwritten, or cannot be
 * written.
 */
export function writeWhole(file: string, text: string, { force }: { readonly force: boolean }): void {
  const draft = `${file}.${process.pid}.draft`;
  try {
    writeFileSync(draft, text, { flag: 'wx' });
    if (force) renameSync(draft, file);
    else linkSync(draft, file);
  } catch (error) {
    throw isExisting(error) ? exists(file) : unwritable(file, error);
  } finally {
    rmSync(draft, { force: true });
  }
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}

function exists(file: string): TracecourtError {
  return new TracecourtError('usage', `${file} exists.`, {
    nextStep: 'Name another file, or overwrite it with --force.',
  });
}

function unwritable(file: string, cause: unknown): TracecourtError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new TracecourtError('usage', `${file} cannot be written: ${reason}`, {
    nextStep: 'Check the path and the disk.',
    cause,
  });
}
