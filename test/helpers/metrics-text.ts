/** One series: a metric's name with its labels, and its value. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Reads Prometheus's text format, by its own description of it and by nothing of ours. Throws at what it cannot read. */
export function parseMetrics(text: string): readonly Series[] {
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line does not end');
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(parseSeries);
}

/** The value of the one series with this name and these labels, whatever other labels it has. Throws unless there is exactly one. */
export function readingOf(
  series: readonly Series[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const found = series.filter(
    (each) => each.name === name && Object.entries(labels).every(([key, value]) => each.labels[key] === value),
  );
  const [only, ...more] = found;
  if (!only || more.length > 0) throw new Error(`${found.length} series ${name} ${JSON.stringify(labels)}`);
  return only.value;
}

/** The sum over all series of this name with these labels. Throws when there are none. */
export function sumOf(series: readonly Series[], name: string, labels: Readonly<Record<string, string>> = {}): number {
  const found = series.filter(
    (each) => each.name === name && Object.entries(labels).every(([key, value]) => each.labels[key] === value),
  );
  if (found.length === 0) throw new Error(`no series ${name} ${JSON.stringify(labels)}`);
  return found.reduce((sum, { value }) => sum + value, 0);
}

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^\\"]|\\[\\"n])*)"(,?)/y;
const ESCAPES: Readonly<Record<string, string>> = { '\\\\': '\\', '\\"': '"', '\\n': '\n' };

function parseSeries(line: string): Series {
  NAME.lastIndex = 0;
  const name = NAME.exec(line)?.[0];
  if (name === undefined) throw new Error(`no name: ${line}`);
  const labels: Record<string, string> = {};
  let at = name.length;
  if (line[at] === '{') {
    at += 1;
    while (line[at] !== '}') {
      LABEL.lastIndex = at;
      const [whole, key = '', value = '', comma] = LABEL.exec(line) ?? [];
      if (whole === undefined) throw new Error(`no label at ${at}: ${line}`);
      at += whole.length;
      if (comma === '' && line[at] !== '}') throw new Error(`no end of labels at ${at}: ${line}`);
      labels[key] = value.replaceAll(/\\./g, (escaped) => ESCAPES[escaped] ?? escaped);
    }
    at += 1;
  }
  const rest = line.slice(at);
  if (!/^ \S+$/.test(rest) || Number.isNaN(Number(rest.replace('+Inf', 'Infinity'))))
    throw new Error(`no value: ${line}`);
  return { name, labels, value: Number(rest.replace('+Inf', 'Infinity')) };
}
