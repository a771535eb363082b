import { compileExpression } from '../lib/expression.js';
import { FREE, NUMBER, recordOf, type Shape, TEXT, wordOf } from '../lib/expression-shapes.js';
import { unknownName } from '../lib/schema-problems.js';
import type { DataPath } from '../lib/yaml-document.js';
import { COMPLETION_REASONS, nameInExpressions, SPAN_KINDS, type SpanStatus } from '../model/index.js';
import type { FlowReading } from './flow-reading.js';

/** What an expression may speak of at one place of the flow. */
export interface ExpressionNames {
  readonly roots: readonly string[];
  readonly values: readonly string[];
  /** True where what it gives must be true or false. */
  readonly truth?: boolean;
}

/** What is known of one occurrence of a step. */
export const OCCURRENCE_NAMES = ['input', 'output', 'attributes', 'status', 'service', 'durationMs'];

const STATUSES: readonly SpanStatus['code'][] = ['ok', 'error', 'unset'];

const OCCURRENCE = withMembers(recordOf("member of a step's occurrence", ['spanId', ...OCCURRENCE_NAMES]), {
  spanId: TEXT,
  status: wordOf(STATUSES),
  service: TEXT,
  durationMs: NUMBER,
});

const SPAN = withMembers(
  recordOf('member of a span', [
    'id',
    'trace',
    'name',
    'kind',
    'service',
    'status',
    'message',
    'durationMs',
    'attributes',
    'parent',
    'parentName',
    'parentService',
    'links',
  ]),
  {
    ...Object.fromEntries(
      ['id', 'trace', 'name', 'service', 'message', 'parent', 'parentName', 'parentService'].map((name) => [
        name,
        TEXT,
      ]),
    ),
    kind: wordOf(SPAN_KINDS),
    status: wordOf(STATUSES),
    durationMs: NUMBER,
  },
);

const REQUEST = withMembers(
  recordOf('member of the request', ['id', 'durationMs', 'services', 'traces', 'completedBy']),
  { id: TEXT, durationMs: NUMBER, traces: NUMBER, completedBy: wordOf([...COMPLETION_REASONS, '']) },
);

function withMembers(shape: Shape, members: Readonly<Record<string, Shape>>): Shape {
  return shape.kind === 'record' ? { ...shape, members: { ...shape.members, ...members } } : shape;
}

/** Takes down what can be known to be wrong without data: spelling, and names that nothing will supply. Returns the names it speaks of. */
export function checkExpression(
  text: string,
  path: DataPath,
  names: ExpressionNames,
  reading: FlowReading,
): ReadonlySet<string> {
  const compiled = compileExpression(text);
  if (!compiled.ok) {
    reading.problems.add(path, `not a CEL expression: ${compiled.problem.message}`, {
      offset: compiled.problem.offset,
    });
    return new Set();
  }
  if (names.truth && compiled.expression.isNoTruth)
    reading.problems.add(path, 'expected what is true or false: this never is');
  for (const { root, offset } of compiled.expression.names) {
    if (!names.roots.includes(root)) reading.problems.add(path, unknownName('name', root, names.roots), { offset });
  }
  for (const { message, offset } of compiled.expression.misuses(shapesOf(names, reading)))
    reading.problems.add(path, message, { offset });
  return new Set(compiled.expression.names.map(({ root }) => root));
}

/** The names of a record of a store are free: what is in it, only its own system knows. */
function shapesOf({ roots, values }: ExpressionNames, reading: FlowReading): Readonly<Record<string, Shape>> {
  const known: Readonly<Record<string, Shape>> = {
    steps: recordOf('step', reading.stepNames.map(nameInExpressions), { kind: 'list', of: OCCURRENCE }),
    values: recordOf('value', values),
    params: recordOf('parameter', reading.parameterNames),
    stores: recordOf('effect', reading.effectNames.map(nameInExpressions), { kind: 'list', of: FREE }),
    spans: { kind: 'list', of: SPAN },
    request: REQUEST,
    a: OCCURRENCE,
    b: OCCURRENCE,
  };
  return Object.fromEntries(Object.entries(known).filter(([name]) => roots.includes(name)));
}
