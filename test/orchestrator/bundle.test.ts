import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { TracecourtError } from '../../src/errors.js';
import { findRunOf, listRuns, newestRun, readBundle } from '../../src/orchestrator/bundle-reader.js';
import { createBundle } from '../../src/orchestrator/bundle-writer.js';
import { skip } from '../helpers/skip.js';

describe('a run bundle', () => {
  let bundles = '';
  beforeEach(() => {
    bundles = mkdtempSync(join(tmpdir(), 'tracecourt-bundles-'));
  });
  afterEach(() => rmSync(bundles, { recursive: true, force: true }));

  const header = (run: string) => ({
    run,
    assembler: { rootQuietMs: 1, idleMs: 2, deadlineMs: 3 },
    cases: [
      { requestId: `${run}.1`, scenario: 's', request: 'r', defects: [], flow: { name: 'f' } as never, status: [200] },
    ],
  });
  const tick = { kind: 'tick', at: 12n } as const;
  const notice = { at: 13n, type: 'notice', level: 'info', message: 'hello' } as const;

  function record(run: string) {
    const bundle = createBundle(join(bundles, run), header(run));
    bundle.recordInput(tick);
    bundle.onEvent(notice);
    return bundle;
  }

  it('gives back exactly what was written', () => {
    void record('r1').end?.();
    const bundle = readBundle('r1', bundles);
    expect(bundle.header).to.deep.equal(header('r1'));
    expect(bundle.inputs).to.deep.equal([tick]);
    expect(bundle.events).to.deep.equal([notice]);
    expect(bundle.warnings).to.deep.equal([]);
  });

  it('keeps each flow once, however many cases it has', () => {
    const { cases, ...rest } = header('r1');
    const [one, other] = ['one', 'other'].map((name) => ({ name }) as never);
    const flows = [one, other, one, one];
    createBundle(join(bundles, 'r1'), { ...rest, cases: flows.map((flow) => ({ ...cases[0]!, flow: flow! })) });
    const read = readBundle('r1', bundles).header.cases.map(({ flow }) => flow);
    expect(read).to.deep.equal(flows);
    expect(read[2]).to.equal(read[0]);
    const text = readFileSync(join(bundles, 'r1', 'run.json'), 'utf8');
    expect(text.match(/"name":"one"/g)).to.have.length(1);
  });

  it('gives back events that came together, each on its numbered line', () => {
    const bundle = record('r1');
    const several = [1n, 2n, 3n].map((at) => ({ ...notice, at }));
    bundle.onEvents?.(several);
    bundle.onEvent(notice);
    expect(readBundle('r1', bundles).events).to.deep.equal([notice, ...several, notice]);
    const lines = readFileSync(join(bundles, 'r1', 'events.ndjson'), 'utf8')
      .trim()
      .split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { readonly line: number }).line)).to.deep.equal([1, 2, 3, 4, 5]);
  });

  it('is for its owner only', () => {
    record('r1');
    expect(statSync(join(bundles, 'r1')).mode & 0o777).to.equal(0o700);
    for (const file of ['run.json', 'inputs.ndjson', 'events.ndjson']) {
      expect(statSync(join(bundles, 'r1', file)).mode & 0o777, file).to.equal(0o600);
    }
  });

  it('is readable up to the torn line of a run that was killed, and says so', () => {
    record('r1');
    appendFileSync(join(bundles, 'r1', 'events.ndjson'), '{"at":{"$big');
    const { events, warnings } = readBundle('r1', bundles);
    expect(events).to.deep.equal([notice]);
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.include('ends in the middle of line 2');
  });

  it('names the line of a bundle that was damaged', () => {
    record('r1');
    const file = join(bundles, 'r1', 'events.ndjson');
    writeFileSync(file, `${readFileSync(file, 'utf8')}oops\n`);
    expect(() => readBundle('r1', bundles))
      .to.throw(TracecourtError, 'events.ndjson:2 is no JSON')
      .with.property('code', 'invalid-bundle');
  });

  it('notices a line that was taken out', () => {
    const bundle = record('r1');
    bundle.onEvent(notice);
    bundle.onEvent(notice);
    const file = join(bundles, 'r1', 'events.ndjson');
    const [first, , third] = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, `${first}\n${third}\n`);
    expect(() => readBundle('r1', bundles))
      .to.throw(TracecourtError, 'events.ndjson:2 is line 3 of the recording')
      .with.property('code', 'invalid-bundle');
  });

  it('notices a flow that was taken out', () => {
    record('r1');
    const file = join(bundles, 'r1', 'run.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('[{"name":"f"}]', '[]'));
    expect(() => readBundle('r1', bundles))
      .to.throw(TracecourtError, 'run.json lacks the flow of r1.1')
      .with.property('code', 'invalid-bundle');
  });

  it('refuses a bundle of another version', () => {
    record('r1');
    const file = join(bundles, 'r1', 'run.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"version":2', '"version":99'));
    expect(() => readBundle('r1', bundles)).to.throw(TracecourtError, 'has version 99');
  });

  it('finds the newest run, and the run of a request', () => {
    record('20260101-000000-aa');
    record('20260102-000000-aa');
    expect(listRuns(bundles)).to.deep.equal(['20260102-000000-aa', '20260101-000000-aa']);
    expect(newestRun(bundles)).to.equal('20260102-000000-aa');
    expect(findRunOf('20260101-000000-aa.1', bundles).header.run).to.equal('20260101-000000-aa');
  });

  it('passes over a run that cannot be read, and names it where nothing is found', () => {
    record('20260101-000000-aa');
    record('20260102-000000-aa');
    writeFileSync(join(bundles, '20260102-000000-aa', 'run.json'), '{"version":2,"run":"2026');
    expect(findRunOf('20260101-000000-aa.1', bundles).header.run).to.equal('20260101-000000-aa');
    expect(() => findRunOf('r3.1', bundles))
      .to.throw(
        TracecourtError,
        /^No recorded run in \S+ sent request r3\.1\. Not read: \S+20260102-000000-aa\S+ is no JSON/,
      )
      .with.property('code', 'not-found');
  });

  it('passes over a newer run that judged nothing', () => {
    record('20260101-000000-aa');
    appendFileSync(join(bundles, '20260101-000000-aa', 'events.ndjson'), '{"line":2,"type":"verdict-reached"}\n');
    record('20260102-000000-aa');
    expect(newestRun(bundles)).to.equal('20260101-000000-aa');
  });

  it('says which runs there are when the one asked for is not', () => {
    record('r1');
    expect(() => readBundle('r2', bundles))
      .to.throw(TracecourtError, 'no recorded run r2')
      .with.property('nextStep', 'The newest one is r1.');
    expect(() => newestRun(join(bundles, 'nowhere'))).to.throw(TracecourtError, 'No run is recorded');
  });

  it('names a folder that it cannot make', () => {
    const file = join(bundles, 'a-file');
    writeFileSync(file, '');
    expect(() => createBundle(join(file, 'r1'), header('r1')))
      .to.throw(TracecourtError)
      .with.property('code', 'bundle-unwritable');
  });

  it('names a full disk, and writes nothing more', function () {
    if (process.platform !== 'linux') skip(this, 'run it on Linux');
    const directory = join(bundles, 'r1');
    mkdirSync(directory);
    symlinkSync('/dev/full', join(directory, 'inputs.ndjson'));
    const bundle = createBundle(directory, header('r1'));
    bundle.onEvent(notice);
    expect(() => bundle.recordInput(tick))
      .to.throw(TracecourtError, 'ENOSPC')
      .with.property('code', 'bundle-unwritable');
    expect(() => bundle.recordInput(tick)).not.to.throw();
    rmSync(join(directory, 'inputs.ndjson')); // reading /dev/full would never end
    expect(readBundle('r1', bundles).events).to.deep.equal([notice]);
    return undefined;
  });
});
