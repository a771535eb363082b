import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Sets up the process-mining library that the conformance tests compare themselves with, in a virtual environment of its own in the cache folder, and
// prints the path of its Python: TRACECOURT_PM4PY_PYTHON=$(node scripts/set-up-pm4py.mjs) npm test

const requirements = fileURLToPath(new URL('../test/oracles/requirements.txt', import.meta.url));
const stamp = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 16);
const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
const folder = join(cache, 'tracecourt', `pm4py-${stamp}`);
const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const done = join(folder, 'done');

function run(command, ...args) {
  // Whatever they say goes to standard error: standard output is for the path.
  execFileSync(command, args, { stdio: ['ignore', 2, 2] });
}

if (!existsSync(done)) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  run(process.platform === 'win32' ? 'python' : 'python3', '-m', 'venv', folder);
  run(python, '-m', 'pip', 'install', '--quiet', '--no-input', '--requirement', requirements);
  writeFileSync(done, '');
}
console.log(python);
