import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

// Runs the proofs at the size that they are claimed at; `npm test` runs them smaller. Takes hours on one core. Arguments go to mocha: npm run test:full -- --grep 'brute force'

/** What each variable counts is said in CONTRIBUTING.md; one that is set already stands. */
const FULL = {
  TRACECOURT_BRUTE_PAIRS: 100_000,
  TRACECOURT_BRUTE_OPEN: 20_000,
  TRACECOURT_BRUTE_EDITS: 20_000,
  TRACECOURT_RULE_POSETS: 30_000,
  TRACECOURT_PM4PY_TREES: 1_000,
  TRACECOURT_CERTAIN_TRACES: 30_000,
  TRACECOURT_CLEAN_REQUESTS: 100_000,
  TRACECOURT_PREPARED_FLOWS: 2_000,
  TRACECOURT_SWEPT_FLOWS: 10_000,
  PROPERTY_SYSTEMS: 20_000,
};

const TESTS = [
  'validators/clean-requests',
  'validators/prepared-judge',
  'validators/sweep/prove-conforms',
  'validators/flow/brute-force',
  'validators/flow/certain-order',
  'validators/rules/rules-brute-force',
  'validators/conformance/exact-class',
  'validators/conformance/search',
  'validators/conformance/completion',
  'validators/conformance/least-edits',
  'validators/conformance/process-mining',
  'property/open-requests',
];

const root = fileURLToPath(new URL('..', import.meta.url));
const script = (name) => fileURLToPath(new URL(name, import.meta.url));
execFileSync(process.execPath, [script('prepare.mjs')], { stdio: 'inherit' });
const numbers = Object.fromEntries(Object.entries(FULL).map(([name, number]) => [name, String(number)]));
const env = { ...numbers, ...process.env };
env.TRACECOURT_PM4PY_PYTHON ??= execFileSync(process.execPath, [script('set-up-pm4py.mjs')], {
  encoding: 'utf8',
}).trim();
const files = TESTS.map((name) => `build/test/${name}.test.js`);
const mocha = fileURLToPath(import.meta.resolve('mocha/bin/mocha.js'));
const { status } = spawnSync(process.execPath, [mocha, ...files, ...process.argv.slice(2)], {
  cwd: root,
  env,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
