import { compileExpression } from '../lib/expression.js';
import { unknownName } from '../lib/schema-problems.js';
import type { DataPath } from '../lib/yaml-document.js';
import { nameInExpressions } from '../model/index.js';
import type { FlowReading } from './flow-reading.js';

/** What an expression may speak of at one place of the flow. */
export interface ExpressionNames {
  readonly roots: readonly string[];
  readonly values: readonly string[];
}

/** What the members of a name are called in messages. */
const MEMBERS: Readonly<Record<string, string>> = {
  steps: 'step',
  values: 'value',
  params: 'parameter',
  stores: 'effect',
};

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
  const members: Readonly<Record<string, readonly string[]>> = {
    steps: reading.stepNames.map(nameInExpressions),
    values: names.values,
    params: reading.parameterNames,
    stores: reading.effectNames.map(nameInExpressions),
  };
  for (const { root, offset, member, memberOffset } of compiled.expression.names) {
    const known = members[root];
    if (!names.roots.includes(root)) {
      reading.problems.add(path, unknownName('name', root, names.roots), { offset });
    } else if (known && member !== undefined && !known.includes(member)) {
      reading.problems.add(path, unknownName(MEMBERS[root] ?? root, member, known), { offset: memberOffset });
    }
  }
  return new Set(compiled.expression.names.map(({ root }) => root));
}
