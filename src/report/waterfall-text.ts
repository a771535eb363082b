import type { Colors } from 'picocolors/types.js';
import type { WorkflowTrace } from '../model/index.js';
import { duration, printable, type WaterfallRow, waterfall } from '../view/index.js';

const BAR_WIDTH = 32;
const NAME_WIDTH = 46;

export interface WaterfallOptions {
  readonly colors: Colors;
  /** Spans that a finding rests on. */
  readonly wounded: ReadonlySet<string>;
}

/** A request as a waterfall in text: span, service, bar, duration; what a finding rests on is marked with ◀. */
export function waterfallLines(trace: WorkflowTrace, { colors, wounded }: WaterfallOptions): readonly string[] {
  const rows = waterfall(trace);
  const totalMs = Math.max(1e-6, ...rows.map(({ startMs, durationMs }) => startMs + durationMs));
  const serviceWidth = Math.max(0, ...rows.map(({ service }) => service.length));
  return rows.map((row) => {
    const step = row.step === undefined ? '' : `[${row.step}]`;
    const label = `${'  '.repeat(row.depth)}${[step, row.name === row.step ? '' : printable(row.name)].join(' ').trim()}`;
    const name = label.length > NAME_WIDTH ? `${label.slice(0, NAME_WIDTH - 1)}…` : label.padEnd(NAME_WIDTH);
    const text = `${name} ${printable(row.service).padEnd(serviceWidth)} ${bar(row, totalMs)} ${duration(row.durationMs).padStart(8)}`;
    if (wounded.has(row.spanId)) return colors.red(`${text} ◀`);
    if (row.failed) return colors.red(`${text} error`);
    return row.step === undefined ? colors.dim(text) : text;
  });
}

function bar({ startMs, durationMs }: WaterfallRow, totalMs: number): string {
  const from = Math.min(BAR_WIDTH - 1, Math.floor((startMs / totalMs) * BAR_WIDTH));
  const length = Math.max(1, Math.min(BAR_WIDTH - from, Math.round((durationMs / totalMs) * BAR_WIDTH)));
  return `${' '.repeat(from)}${'▇'.repeat(length)}`.padEnd(BAR_WIDTH);
}
