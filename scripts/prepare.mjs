// What `npm start` and `npm test` do first: install and build, each only if its stamp is stale.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Tracecourt needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(3);
}

const INSTALL_STAMP = 'node_modules/.tracecourt-installed';
const lockfile = createHash('sha256')
  .update(readFileSync('package-lock.json'))
  .update(process.versions.node)
  .digest('hex');
if (!existsSync(INSTALL_STAMP) || readFileSync(INSTALL_STAMP, 'utf8') !== lockfile) {
  console.error('Installing the packages that package-lock.json pins …');
  runNpm(['ci', '--include=dev', '--no-audit', '--no-fund']);
  mkdirSync('node_modules', { recursive: true });
  writeFileSync(INSTALL_STAMP, lockfile);
  console.error('Compiling …');
}

run(process.execPath, ['node_modules/typescript/bin/tsc', '-b']);

/** npm calls its scripts with its own path in `npm_execpath`; that one also works on Windows, without a shell. */
function runNpm(args) {
  const npm = process.env.npm_execpath;
  if (npm) run(process.execPath, [npm, ...args]);
  else run('npm', args);
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (error) console.error(`Could not start ${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}
