import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { AssemblerInput } from '../../collectors/index.js';
import { TracecourtError } from '../errors.js';
import { toExactJson } from '../lib/json.js';
import type { Reporter } from '../report/index.js';
import { BUNDLE_FILES, type BundleHeader, toStoredHeader } from './bundle.js';

/** Writes a run down while it happens, so that it can be looked at and replayed when the process is gone. */
export interface BundleWriter extends Reporter {
  readonly directory: string;
  /** Every input of the assembler, in order. */
  recordInput(input: AssemblerInput): void;
}

/**
 * Creates the folder of a run (mode 0700, files 0600) and writes its header.
 *
 * Lines are written whole and at once: a process that is killed leaves at most one torn line at the end. Throws
 * TracecourtError `bundle-unwritable` when the folder can't be made; a disk that fills up later makes `recordInput` and
 * `onEvent` throw the same, and what is written stays readable.
 */
export function createBundle(directory: string, header: BundleHeader): BundleWriter {
  const { inputs, events } = begin(directory, header);
  let isOpen = true;

  /** Entries that come together are one write: each costs as much as the next, however short. */
  function append(file: BundleFile, entries: readonly object[]): void {
    if (!isOpen) return;
    try {
      const lines = entries.map((entry, i) => `${toExactJson({ line: file.lines + i + 1, ...entry })}\n`);
      file.lines += entries.length;
      writeWhole(file.descriptor, lines.join(''));
    } catch (error) {
      close();
      throw unwritable(directory, error);
    }
  }

  function close(): void {
    if (!isOpen) return;
    isOpen = false;
    closeSync(inputs.descriptor);
    closeSync(events.descriptor);
  }

  return {
    name: 'bundle',
    directory,
    recordInput: (input) => append(inputs, [input]),
    onEvent: (event) => append(events, [event]),
    onEvents: (several) => append(events, several),
    end: close,
  };
}

/** Lines are numbered, so that one that is taken out is missed. */
interface BundleFile {
  readonly descriptor: number;
  lines: number;
}

function begin(directory: string, header: BundleHeader) {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const mode = 0o600;
    writeFileSync(join(directory, BUNDLE_FILES.header), `${toExactJson(toStoredHeader(header))}\n`, { mode });
    return {
      inputs: { descriptor: openSync(join(directory, BUNDLE_FILES.inputs), 'a', mode), lines: 0 },
      events: { descriptor: openSync(join(directory, BUNDLE_FILES.events), 'a', mode), lines: 0 },
    };
  } catch (error) {
    throw unwritable(directory, error);
  }
}

/** A text goes out without a copy of it in between; only what a full disk left of it is made bytes. */
function writeWhole(file: number, text: string): void {
  const size = Buffer.byteLength(text);
  let written = writeSync(file, text);
  if (written === size) return;
  for (const bytes = Buffer.from(text); written < size; ) written += writeSync(file, bytes, written);
}

function unwritable(directory: string, cause: unknown): TracecourtError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new TracecourtError('bundle-unwritable', `The run can't be recorded in ${directory}: ${reason}.`, {
    nextStep: 'Free some space there, or name another folder with --bundles.',
    cause,
  });
}
