/** A step's name as expressions spell it: `-` would be a minus. */
export function nameInExpressions(step: string): string {
  return step.replaceAll('-', '_');
}
