import { compileExpression } from '../lib/expression.js';
import { oncePer } from '../lib/once-per.js';
import type { CompiledFlow } from '../model/index.js';
import type { Evaluate } from '../validators/index.js';

/** Works out the expressions of a flow; each is compiled once. */
export const evaluatorOf = oncePer((_flow: CompiledFlow): Evaluate => {
  const compiled = new Map<string, ReturnType<typeof compileExpression>>();
  return (text, scope) => {
    const known = compiled.get(text) ?? compileExpression(text);
    compiled.set(text, known);
    if (!known.ok) return { error: known.problem.message };
    const result = known.expression.evaluate(scope);
    return result.ok ? { value: result.value } : { error: result.error };
  };
});
