import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

// Fetches the program of somebody else that a test learns a flow from, into the cache folder, and prints the file that starts it:
// TRACECOURT_STRANGER=$(node scripts/set-up-stranger.mjs) npm test

const PROGRAM = 'redis-commander';
const VERSION = '0.9.0';
const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
const folder = join(cache, 'tracecourt', `${PROGRAM}-${VERSION}`);
const done = join(folder, 'done');

if (!existsSync(done)) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--silent'];
  // Whatever it says goes to standard error: standard output is for the path.
  execFileSync(npm, ['install', ...quiet, '--prefix', folder, `${PROGRAM}@${VERSION}`], { stdio: ['ignore', 2, 2] });
  writeFileSync(done, '');
}
console.log(join(folder, 'node_modules', PROGRAM, 'bin', `${PROGRAM}.js`));
