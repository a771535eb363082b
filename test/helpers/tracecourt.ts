import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from './repository.js';

/** What a command of ours came to. */
export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `tracecourt` as a person would: the real file, in a real process, with nothing of this machine's environment about stores. */
export function tracecourt(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['bin/tracecourt.js', ...args], {
      cwd: repositoryRoot,
      env: { ...embeddedEnvironment(), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}

/** A store that is alive may be slow on a busy machine. */
const PATIENCE = '20s';

/** This process's environment without addresses of real stores: the command falls back to the embedded ones. */
export function embeddedEnvironment(): NodeJS.ProcessEnv {
  const { NEO4J_URL: _neo4j, REDIS_URL: _redis, KAFKA_BROKERS: _kafka, ...rest } = process.env;
  return { TRACECOURT_PROBE_TIMEOUT: PATIENCE, ...rest, NO_COLOR: '1' };
}

/** A folder for recordings that goes when the tests are over. */
export function temporaryBundles(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'tracecourt-runs-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
