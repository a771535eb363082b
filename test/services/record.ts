import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, type ProcessIdentity } from './process-identity.js';
import { SERVICE_NAMES, type ServiceName } from './service-plan.js';

/** What is known of a started service after its launcher has gone: the content of its pid file. */
export interface ServiceRecord {
  readonly name: ServiceName;
  readonly process: ProcessIdentity;
  /** False from the start to the moment it says so. */
  readonly isReady: boolean;
  readonly environment: Readonly<Record<string, string>>;
}

/** Writes the record at one stroke: a reader sees the old one or the new one. Readable by its owner only; it holds a password. */
export function writeRecord(folder: string, record: ServiceRecord): void {
  const file = recordFile(folder, record.name);
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}

/** The records in this folder, of services that run and of those that have died. */
export function readRecords(folder: string): readonly ServiceRecord[] {
  return SERVICE_NAMES.flatMap((name) => readRecord(recordFile(folder, name)) ?? []);
}

/** The services that run and have been ready. */
export function runningServices(folder: string): readonly ServiceRecord[] {
  return readRecords(folder).filter((record) => record.isReady && isAlive(record.process));
}

export function removeRecord(folder: string, name: ServiceName): Promise<void> {
  return rm(recordFile(folder, name), { force: true });
}

function readRecord(file: string): ServiceRecord | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return JSON.parse(text) as ServiceRecord;
}

function recordFile(folder: string, name: ServiceName): string {
  return join(folder, `${name}.pid.json`);
}
