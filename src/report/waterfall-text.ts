import type { Colors } from 'picocolors/types.js';
import type { Verdict, WorkflowTrace } from '../model/index.js';
import { count, duration, printable, type WaterfallRow, waterfall } from '../view/index.js';

const BAR_WIDTH = 32;
const NAME_WIDTH = 46;
/** A waterfall of so many spans is small enough to be shown whole. */
const SMALL = 12;

/** The codes of the findings that rest on a span, by span id. */
export type Wounds = ReadonlyMap<string, readonly string[]>;

export interface WaterfallOptions {
  readonly colors: Colors;
  readonly wounds: Wounds;
}

export function woundsOf({ findings }: Pick<Verdict, 'findings'>): Wounds {
  const wounds = new Map<string, readonly string[]>();
  for (const { code, spanIds } of findings) {
    for (const spanId of spanIds) wounds.set(spanId, [...new Set([...(wounds.get(spanId) ?? []), code])]);
  }
  return wounds;
}

/** A request as a waterfall in text: span, service, bar, duration; what a finding rests on is marked with ◀ and the finding's code. */
export function waterfallLines(trace: WorkflowTrace, { colors, wounds }: WaterfallOptions): readonly string[] {
  const rows = waterfall(trace);
  const line = lineOf(rows, { colors, wounds });
  return rows.map(line);
}

/** The same, of a large request only what a finding rests on, with the spans above it; the rest is counted. */
export function smallWaterfallLines(trace: WorkflowTrace, { colors, wounds }: WaterfallOptions): readonly string[] {
  const rows = waterfall(trace);
  const shown = rows.length <= SMALL ? rows : rowsNear(rows, wounds);
  const line = lineOf(shown, { colors, wounds });
  const isShown = new Set(shown);
  const lines: string[] = [];
  let left = 0;
  const tellLeft = () => {
    if (left > 0) lines.push(colors.dim(`… ${count(left, 'more span')}`));
    left = 0;
  };
  for (const row of rows) {
    if (!isShown.has(row)) left++;
    else {
      tellLeft();
      lines.push(line(row));
    }
  }
  tellLeft();
  return lines;
}

/** The wounded rows and those above each; where nothing is wounded, the first few. */
function rowsNear(rows: readonly WaterfallRow[], wounds: Wounds): readonly WaterfallRow[] {
  const near = new Set<WaterfallRow>();
  const above: WaterfallRow[] = [];
  for (const row of rows) {
    above.length = row.depth;
    above.push(row);
    if (wounds.has(row.spanId)) for (const each of above) near.add(each);
  }
  return near.size > 0 ? [...near] : rows.slice(0, SMALL);
}

function lineOf(rows: readonly WaterfallRow[], { colors, wounds }: WaterfallOptions): (row: WaterfallRow) => string {
  const totalMs = Math.max(1e-6, ...rows.map(({ startMs, durationMs }) => startMs + durationMs));
  const labels = new Map(rows.map((row) => [row, labelOf(row)]));
  const nameWidth = Math.min(NAME_WIDTH, Math.max(0, ...[...labels.values()].map(({ length }) => length)));
  const serviceWidth = Math.max(0, ...rows.map(({ service }) => service.length));
  return (row) => {
    const label = labels.get(row) ?? '';
    const name = label.length > nameWidth ? `${label.slice(0, nameWidth - 1)}…` : label.padEnd(nameWidth);
    const text = `${name} ${printable(row.service).padEnd(serviceWidth)} ${bar(row, totalMs)} ${duration(row.durationMs).padStart(8)}`;
    const codes = wounds.get(row.spanId);
    if (codes) return colors.red(`${text} ◀ ${codes.join(', ')}`);
    if (row.failed) return colors.red(`${text} error`);
    return row.step === undefined ? colors.dim(text) : text;
  };
}

function labelOf(row: WaterfallRow): string {
  const step = row.step === undefined ? '' : `[${row.step}]`;
  return `${'  '.repeat(row.depth)}${[step, row.name === row.step ? '' : printable(row.name)].join(' ').trim()}`;
}

function bar({ startMs, durationMs }: WaterfallRow, totalMs: number): string {
  const from = Math.min(BAR_WIDTH - 1, Math.floor((startMs / totalMs) * BAR_WIDTH));
  const length = Math.max(1, Math.min(BAR_WIDTH - from, Math.round((durationMs / totalMs) * BAR_WIDTH)));
  return `${' '.repeat(from)}${'▇'.repeat(length)}`.padEnd(BAR_WIDTH);
}
