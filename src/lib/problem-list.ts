import type { DataPath, TextProblem, YamlDocument } from './yaml-document.js';

/** Where in the data a problem is; `key`: at the name of the part, `offset`: characters into its text. */
export interface ProblemSpot {
  readonly part?: 'key' | 'value';
  readonly offset?: number;
}

/** Takes down every problem of one document, so that all of them are told at once. */
export class ProblemList {
  readonly #document: YamlDocument;
  readonly #problems: TextProblem[];
  readonly #unfilled = new Set<string>();

  constructor(document: YamlDocument) {
    this.#document = document;
    this.#problems = [...document.problems];
  }

  add(path: DataPath, message: string, spot: ProblemSpot = {}): void {
    if (!this.#unfilled.has(keyOf(path))) this.#problems.push({ ...this.#document.placeOf(path, spot), message });
  }

  /** As {@link add}, of a value that cannot be known for it: nothing further is said of that value. */
  addUnfilled(path: DataPath, message: string, spot: ProblemSpot): void {
    this.#unfilled.delete(keyOf(path));
    this.add(path, message, spot);
    this.#unfilled.add(keyOf(path));
  }

  get size(): number {
    return this.#problems.length;
  }

  /** In the order of the text, the same problem once. */
  inOrder(): readonly TextProblem[] {
    const seen = new Set<string>();
    const once = this.#problems.filter((problem) => {
      const known = seen.has(describeProblem(problem));
      seen.add(describeProblem(problem));
      return !known;
    });
    return once.sort((a, b) => a.line - b.line || a.column - b.column);
  }
}

function keyOf(path: DataPath): string {
  return JSON.stringify(path);
}

function describeProblem({ line, column, message }: TextProblem): string {
  return `${line}:${column} ${message}`;
}

/** One line a problem: `file:line:column  message`, under a heading that counts them. */
export function problemReport(heading: string, file: string, problems: readonly TextProblem[]): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return [`${heading}: ${count}`, ...problems.map((one) => `  ${file}:${one.line}:${one.column}  ${one.message}`)].join(
    '\n',
  );
}
