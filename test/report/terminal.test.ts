import { expect } from 'chai';
import { createColors } from 'picocolors';
import type { RunEvent } from '../../src/model/index.js';
import { terminalReporter } from '../../src/report/index.js';

const awaiting = (sinceMs: number): RunEvent => ({
  type: 'awaiting',
  at: 0n,
  requestId: 'r-1',
  awaited: [{ what: 'step', name: 'pay', sinceMs }],
  quietMs: sinceMs,
  spans: 3,
  lastSeen: undefined,
});
const NOTICE: RunEvent = { type: 'notice', at: 0n, level: 'warning', message: 'mind the gap' };

function written(events: readonly RunEvent[], columns?: number): string {
  const pieces: string[] = [];
  const reporter = terminalReporter({
    write: (piece) => void pieces.push(piece),
    colors: createColors(false),
    columns,
  });
  for (const event of events) reporter.onEvent(event);
  void reporter.end?.();
  return pieces.join('');
}

const TAKE_BACK = '\r\u001b[2K';

/** What a terminal shows in the end, of text that takes lines back. */
function shown(text: string): string {
  return text
    .split('\n')
    .map((line) => line.split(TAKE_BACK).at(-1))
    .join('\n');
}

describe('a run in a terminal', () => {
  it('has a line for each word about a wait, where lines cannot be taken back', () => {
    const lines = written([awaiting(1_000), awaiting(2_000), NOTICE]).split('\n');
    expect(lines).to.deep.equal([
      '  …          awaiting `pay` since 1 s; 3 spans so far · request r-1',
      '  …          awaiting `pay` since 2 s; 3 spans so far · request r-1',
      '  warning: mind the gap',
      '',
    ]);
  });

  it('has one line that changes, and goes, where they can', () => {
    const text = written([awaiting(1_000), awaiting(2_000), NOTICE, awaiting(4_000)], 200);
    expect(text).to.include('since 1 s').and.include('since 2 s').and.include('since 4 s');
    expect(shown(text)).to.equal('  warning: mind the gap\n');
    expect(shown(written([awaiting(1_000)], 200).slice(0, -TAKE_BACK.length))).to.include('since 1 s');
  });

  it('cuts the line that changes to the width of the terminal', () => {
    const [line = ''] = written([awaiting(1_000)], 30).split('\r');
    expect(line).to.have.length(29);
  });
});
