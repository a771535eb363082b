import { compileExpression } from '../lib/expression.js';
import { FREE, recordOf, type Shape } from '../lib/expression-shapes.js';
import { unknownName } from '../lib/schema-problems.js';
import type { DataPath } from '../lib/yaml-document.js';
import { nameInExpressions } from '../model/index.js';
import type { FlowReading } from './flow-reading.js';

/** What an expression may speak of at one place of the flow. */
export interface ExpressionNames {
  readonly roots: readonly string[];
  readonly values: readonly string[];
}

/** What is known of one occurrence of a step. */
export const OCCURRENCE_NAMES = ['input', 'output', 'attributes', 'status', 'service', 'durationMs'];

const OCCURRENCE = recordOf("member of a step's occurrence", ['spanId', ...OCCURRENCE_NAMES]);

const SPAN = recordOf('member of a span', [
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
]);

const REQUEST = recordOf('member of the request', ['id', 'durationMs', 'services', 'traces', 'completedBy']);

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
