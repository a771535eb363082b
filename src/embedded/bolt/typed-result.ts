import type { BoundStatement } from './bind-parameters.js';
import type { BoltValue } from './bolt-value.js';
import { toBoltValue } from './engine-values.js';
import { isNoStatement, unsupported } from './failure.js';
import type { EngineResult, Savepoint } from './graph-engine.js';
import { type TypeMark, withTypeMarks } from './type-marks.js';
import { shapeOf, type ValueShape } from './value-shape.js';
import { ColumnTyping, MarkTyping, UncertainType, type ValueTyping } from './value-typing.js';

/** A result whose rows are values of the wire. */
export interface TypedResult extends Pick<EngineResult, 'columns' | 'counters'> {
  readonly rows: readonly (readonly BoltValue[])[];
}

export interface Runner {
  run(statement: BoundStatement): Promise<EngineResult>;
  /** For a statement that changes something: it has to be taken back before it runs again. */
  savepoint?(): Promise<Savepoint>;
}

/** Others may write between two runs of a question, and give its values another form. */
const MAX_RUNS = 4;

/**
 * Runs a statement and finds the type of every value. Where the answer alone leaves a doubt, it is taken back and the
 * statement runs again with the question for the types in it. Throws {@link BoltFailure} where that cannot be asked.
 */
export async function runTyped(bound: BoundStatement, runner: Runner): Promise<TypedResult> {
  let attempt: Attempt = { text: bound.text, shapes: undefined };
  for (let runs = 0; runs < MAX_RUNS; runs++) {
    const savepoint = await runner.savepoint?.();
    const result = await runAttempt({ ...bound, text: attempt.text }, attempt, runner);
    const typed = readCertain(result, attempt.shapes);
    if (typed) {
      await savepoint?.release();
      return typed;
    }
    await savepoint?.undo();
    attempt = nextAttempt(bound.text, result, attempt);
  }
  throw uncertain();
}

interface Attempt {
  readonly text: string;
  /** The forms whose types the text asks for. */
  readonly shapes: readonly ValueShape[] | undefined;
}

/** The engine may not understand the question, though it understood the statement. */
async function runAttempt(bound: BoundStatement, { shapes }: Attempt, runner: Runner): Promise<EngineResult> {
  try {
    return await runner.run(bound);
  } catch (error) {
    throw shapes && isNoStatement(error) ? uncertain() : error;
  }
}

function nextAttempt(text: string, { columns, rows }: EngineResult, { shapes: last }: Attempt): Attempt {
  const width = last?.length ?? columns.length;
  const shapes = columns.slice(0, width).map((_, i) => shapeOf(rows.map((row) => row[i])));
  const marked = withTypeMarks(text, shapes);
  if (marked === undefined) throw uncertain();
  return { text: marked, shapes };
}

/** Undefined when the answer leaves a doubt. */
function readCertain(result: EngineResult, shapes: readonly ValueShape[] | undefined): TypedResult | undefined {
  try {
    return shapes ? byMarks(result, shapes) : byColumns(result);
  } catch (error) {
    if (error instanceof UncertainType) return undefined;
    throw error;
  }
}

function byColumns({ columns, rows, counters, types, mayHoldTemporals }: EngineResult): TypedResult {
  const facts = { isAlone: rows.length === 1, mayHoldTemporals };
  const typings = columns.map((_, i) => new ColumnTyping(() => types()[i], facts));
  return { columns, counters, rows: rows.map((row) => row.map((value, i) => typed(value, typings[i]))) };
}

/** Each row: its values, and then as many marks. */
function byMarks({ columns, rows, counters }: EngineResult, shapes: readonly ValueShape[]): TypedResult {
  const width = shapes.length;
  const values = rows.map((row) =>
    row.slice(0, width).map((value, i) => typed(value, new MarkTyping(row[width + i] as TypeMark, shapes[i]))),
  );
  return { columns: columns.slice(0, width), counters, rows: values };
}

function typed(value: unknown, typing: ValueTyping | undefined): BoltValue {
  if (!typing) throw new UncertainType();
  return toBoltValue(value, typing);
}

function uncertain(): Error {
  return unsupported('A whole number, or a time, among values of other types in a result of this form');
}
