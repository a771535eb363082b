import { RE2JS } from 're2js';
import { matchesGlob } from './glob.js';

/** True of a text that fits. */
export type TextPattern = (text: string) => boolean;

/**
 * A pattern from a file, ready to be held against texts from telemetry: between slashes a regular expression (RE2, found anywhere in the text, linear time),
 * else a glob over the whole text. However long a text is, all of it is looked at: what an export may hold bounds it. Throws for one that {@link patternProblem} finds fault with.
 */
export function compilePattern(pattern: string): TextPattern {
  const expression = expressionOf(pattern);
  if (expression === undefined) {
    return isPlainPattern(pattern) ? (text) => text === pattern : (text) => matchesGlob(pattern, text);
  }
  const compiled = RE2JS.compile(expression);
  return (text) => compiled.matcher(text).find();
}

/** What is wrong with a pattern; undefined where nothing is. Every glob is right. */
export function patternProblem(pattern: string): string | undefined {
  const expression = expressionOf(pattern);
  if (expression === undefined) return undefined;
  try {
    RE2JS.compile(expression);
    return undefined;
  } catch (error) {
    return `${pattern} is not a regular expression (RE2): ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** The regular expression between the slashes; undefined for a glob. */
export function expressionOf(pattern: string): string | undefined {
  return pattern.length > 2 && pattern.startsWith('/') && pattern.endsWith('/') ? pattern.slice(1, -1) : undefined;
}

/** True of a pattern that fits one text only: itself. */
export function isPlainPattern(pattern: string): boolean {
  return !pattern.includes('*') && !pattern.includes('?') && expressionOf(pattern) === undefined;
}
