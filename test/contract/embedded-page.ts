import type { Difference, RanRow, Store } from './battery.js';

/** What is known of one store's battery: everything that its part of docs/embedded.md says. */
export interface StorePart {
  readonly store: Store;
  readonly rows: readonly PageRow[];
  /** The real server that the rows were seen on, and the day: `Redis 7.0.15, 2025-11-25`. */
  readonly seenOn: string;
}

export interface PageRow {
  readonly name: string;
  /** True when it has run on a real server, and passed. */
  readonly isProven: boolean;
  readonly difference: Pick<Difference, 'real' | 'embedded'> | undefined;
}

const UNPROVEN = ' (**not yet seen on a real one**)';

/** The rows that ran, each once, proven by `provenNames`. */
export function pageRows(ran: readonly RanRow[], provenNames: ReadonlySet<string>): readonly PageRow[] {
  const rows = new Map<string, PageRow>();
  for (const { name, difference } of ran)
    rows.set(name, { name, difference, isProven: provenNames.has(inMarkdown(name)) });
  return [...rows.values()];
}

/** Names of rows that ran on the real server, and passed each time. */
export function provenByRun(ran: readonly RanRow[]): ReadonlySet<string> {
  const onReal = ran.filter(({ target }) => target.server === 'real');
  const failed = new Set(onReal.filter(({ passed }) => !passed).map(({ name }) => name));
  return new Set(onReal.filter(({ name }) => !failed.has(name)).map(({ name }) => inMarkdown(name)));
}

/** Names of rows that the page says were seen on a real server: what a machine without one has to go by. */
export function provenByPage(part: string): ReadonlySet<string> {
  const listed = [...part.matchAll(/^- (.*)$/gm)].map(([, name = '']) => name);
  return new Set(listed.filter((name) => !name.endsWith(UNPROVEN)));
}

/** The server and the day that the page names. */
export function seenOnByPage(part: string): string {
  return /, seen on (.+)\.$/m.exec(part)?.[1] ?? '';
}

/** The text between a store's markers. Throws when the page has none. */
export function partOf(page: string, store: Store): string {
  return splitAt(page, store).part;
}

/** The page with another text between the store's markers. */
export function withPart(page: string, store: Store, part: string): string {
  const { before, after } = splitAt(page, store);
  return `${before}${part}${after}`;
}

export function renderPart({ store, rows, seenOn }: StorePart): string {
  const proven = rows.filter(({ isProven }) => isProven).length;
  const count = proven === 0 ? 'none seen on a real one yet' : `${proven} of them, seen on ${seenOn}`;
  return `
Rows of the battery: ${rows.length}. Proven: ${count}.

${differenceTable(store, rows)}

<details><summary>Every row</summary>

${rows.map((row) => `- ${inMarkdown(row.name)}${row.isProven ? '' : UNPROVEN}`).join('\n')}

</details>
`;
}

function differenceTable(store: Store, rows: readonly PageRow[]): string {
  const lines = rows.flatMap(({ name, difference, isProven }) =>
    difference ? [[name, difference.real.does + (isProven ? '' : UNPROVEN), difference.embedded.does]] : [],
  );
  if (lines.length === 0) return 'No row on which the two differ.';
  const header = [`| row | a real ${store} | the embedded one |`, '| --- | --- | --- |'];
  return [...header, ...lines.map((cells) => `| ${cells.map(inMarkdown).join(' | ')} |`)].join('\n');
}

function inMarkdown(text: string): string {
  return text.replaceAll('<', '&lt;').replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function splitAt(
  page: string,
  store: Store,
): { readonly before: string; readonly part: string; readonly after: string } {
  const begin = `<!-- rows of the ${store} battery, written by npm run docs:embedded -->\n`;
  const end = `<!-- end of the rows of the ${store} battery -->`;
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/embedded.md lacks the lines ${begin.trim()} and ${end}`);
  const start = from + begin.length;
  return { before: page.slice(0, start), part: page.slice(start, to), after: page.slice(to) };
}
