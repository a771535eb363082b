import {
  type ASTNode,
  TypeError as CelTypeError,
  Environment,
  EvaluationError,
  ParseError,
} from '@marcbachmann/cel-js';
import { RE2JS } from 're2js';
import { namesIn, type UsedName } from './expression-names.js';
import { type Reads, readsIn } from './expression-reads.js';
import { type Misuse, misuses, type Shape } from './expression-shapes.js';
import { ExpressionLimit, inCelTerms, inJsonTerms, isThere } from './expression-values.js';

/** What is wrong with an expression, and where in its text (characters from 0). */
export interface ExpressionProblem {
  readonly message: string;
  readonly offset: number;
}

/** An expression that was parsed and checked as far as that goes without data. */
export interface Expression {
  readonly text: string;
  /** Every name that data must supply, with the members asked of it. */
  readonly names: readonly UsedName[];
  /** True where it certainly gives no truth value, whatever the data. */
  readonly isNoTruth: boolean;
  /** What it asks of data that data of these shapes does not have. */
  misuses(shapes: Readonly<Record<string, Shape>>): readonly Misuse[];
  /**
   * Evaluates over plain data. Never throws: a missing field, a wrong type or too much work is an `error`, never false.
   * Integers come back as number where that is exact, else as bigint.
   */
  evaluate(data: Readonly<Record<string, unknown>>): ExpressionResult;
}

export type ExpressionResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: string };

export type CompiledExpression =
  | { readonly ok: true; readonly expression: Expression }
  | { readonly ok: false; readonly problem: ExpressionProblem };

const MAX_TEXT_LENGTH = 4_096;
/** As rounds of the innermost loop times the length of the text: about two seconds. */
const MAX_WORK = 400_000_000;
const MAX_MATCHED_TEXT = 65_536;
const LIMITS = { maxAstNodes: 500, maxDepth: 40, maxListElements: 100, maxMapEntries: 100, maxCallArguments: 8 };

/**
 * Names that the language takes for itself but that data and we need: same length, so that places in the text stay true.
 * `type` would be the function; the language's own `matches` runs in exponential time.
 */
const TYPE_ALIAS = 'tYpE';
const MATCHES_ALIAS = 'mAtChEs';
/** The language's own `has` takes no index on the way: `has(steps.a[0].output.x)`. */
const HAS_ALIAS = 'hAs';

/** Names that stand for the language's own types. */
const TYPE_NAMES: ReadonlySet<string> = new Set([
  'int',
  'uint',
  'double',
  'string',
  'bool',
  'bytes',
  'list',
  'map',
  'null_type',
]);

const environment = buildEnvironment();

function buildEnvironment(): Environment {
  const built = new Environment({
    unlistedVariablesAreDyn: true,
    homogeneousAggregateLiterals: false,
    limits: LIMITS,
  })
    .registerFunction(`string.${MATCHES_ALIAS}(string): bool`, matchesLinear)
    .registerFunction(`${HAS_ALIAS}(ast): bool`, hasMember);
  const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b) => a / b,
  };
  for (const [sign, compute] of Object.entries(arithmetic)) {
    const mixed = (a: unknown, b: unknown) => compute(Number(a), Number(b));
    built.registerOperator(`double ${sign} int: double`, mixed);
    built.registerOperator(`int ${sign} double: double`, mixed);
  }
  return built;
}

function matchesLinear(text: string, pattern: string): boolean {
  if (text.length > MAX_MATCHED_TEXT)
    throw new ExpressionLimit(`matches() on more than ${MAX_MATCHED_TEXT} characters`);
  return RE2JS.compile(pattern).matcher(text).find();
}

interface Macro {
  readonly args: readonly ASTNode[];
}

interface MacroChecker {
  check(node: ASTNode, context: unknown): unknown;
  getType(name: string): unknown;
}

interface MacroEvaluator {
  run(node: ASTNode, context: unknown): unknown;
}

/** What stands before the last dot is worked out as everywhere. Null has no members. */
function hasMember({ args }: Macro) {
  const [asked] = args;
  const isMember = asked?.op === '.' && typeof asked.args[1] === 'string';
  if (!isMember) throw new Error('has() invalid argument');
  const [target, name] = asked.args;
  return {
    args,
    async: false,
    evaluate: (evaluator: MacroEvaluator, _macro: Macro, context: unknown) =>
      isThere(evaluator.run(target, context), String(name)),
    typeCheck(checker: MacroChecker, _macro: Macro, context: unknown) {
      checker.check(target, context);
      return checker.getType('bool');
    },
  };
}

/** Parses and checks `text` as CEL; the problem of a faulty one carries its place. Never throws. */
export function compileExpression(text: string): CompiledExpression {
  if (text.length > MAX_TEXT_LENGTH) return refuse(`longer than ${MAX_TEXT_LENGTH} characters`, MAX_TEXT_LENGTH);
  try {
    return compile(text);
  } catch (error) {
    return refuse(messageOf(error), offsetOf(error));
  }
}

function compile(text: string): CompiledExpression {
  const asWritten = environment.parse(text).ast;
  const spelled = withAliases(text, asWritten);
  const parsed = environment.parse(spelled);
  const { names, loops, calls, patterns } = namesIn(parsed.ast);
  const forbidden = calls.find((call) => call.name === 'matches' || call.name === 'bind');
  if (forbidden) return refuse(`${forbidden.name}() cannot be used like this`, forbidden.offset);
  const pattern = patterns.find((one) => one.method === MATCHES_ALIAS && !isPattern(one.pattern));
  if (pattern) return refuse(`"${pattern.pattern}" is not a regular expression (RE2)`, pattern.offset);
  const checked = parsed.check();
  if (!checked.valid) return refuse(messageOf(checked.error), offsetOf(checked.error));
  const asked = names.filter((name) => !TYPE_NAMES.has(name.root));
  const used = asked.map((name) => (name.root === TYPE_ALIAS ? { ...name, root: 'type' } : name));
  const reads = [...readsIn(parsed.ast)].filter(([name]) => !TYPE_NAMES.has(name));
  const evaluate = (data: Readonly<Record<string, unknown>>) =>
    run(parsed, data, { reads, loops, length: text.length });
  const isNoTruth = checked.type !== 'bool' && checked.type !== 'dyn';
  return {
    ok: true,
    expression: { text, names: used, evaluate, isNoTruth, misuses: (shapes) => misuses(asWritten, shapes) },
  };
}

interface RunShape {
  readonly reads: readonly (readonly [string, Reads])[];
  readonly loops: number;
  readonly length: number;
}

function run(
  parsed: (context: Record<string, unknown>) => unknown,
  data: Readonly<Record<string, unknown>>,
  { reads, loops, length }: RunShape,
): ExpressionResult {
  try {
    const context: Record<string, unknown> = Object.create(null);
    let longest = 1;
    for (const [name, ofRoot] of reads) {
      const root = name === TYPE_ALIAS ? 'type' : name;
      const known = Object.hasOwn(data, root) ? data[root] : undefined;
      if (known === undefined) continue;
      const converted = inCelTerms(known, ofRoot);
      longest = Math.max(longest, converted.longest);
      context[name] = converted.value;
    }
    const work = Math.max(longest, LIMITS.maxListElements * Number(loops > 0)) ** loops * length;
    if (loops > 0 && work > MAX_WORK) throw new ExpressionLimit(`${loops} nested loops over lists of ${longest}`);
    return { ok: true, value: inJsonTerms(parsed({ ...context })) };
  } catch (error) {
    return { ok: false, error: messageOf(error) };
  }
}

function withAliases(text: string, ast: ASTNode): string {
  const { names, calls } = namesIn(ast);
  let spelled = text;
  const replace = (offset: number, alias: string) => {
    spelled = spelled.slice(0, offset) + alias + spelled.slice(offset + alias.length);
  };
  for (const name of names) if (name.root === 'type') replace(name.offset, TYPE_ALIAS);
  for (const call of calls)
    if (call.name === 'matches' && call.nameOffset >= 0) replace(call.nameOffset, MATCHES_ALIAS);
    else if (call.name === 'has' && call.nameOffset < 0) replace(call.offset, HAS_ALIAS);
  return spelled;
}

function isPattern(pattern: string): boolean {
  try {
    RE2JS.compile(pattern);
    return true;
  } catch {
    return false;
  }
}

function refuse(message: string, offset: number): CompiledExpression {
  return { ok: false, problem: { message, offset } };
}

function messageOf(error: unknown): string {
  const told = isCelError(error) ? error.summary : error instanceof Error ? error.message : String(error);
  return told.replaceAll(TYPE_ALIAS, 'type').replaceAll(MATCHES_ALIAS, 'matches').replaceAll(HAS_ALIAS, 'has');
}

function offsetOf(error: unknown): number {
  return isCelError(error) ? (error.range?.start ?? 0) : 0;
}

function isCelError(error: unknown): error is ParseError | EvaluationError | CelTypeError {
  return error instanceof ParseError || error instanceof EvaluationError || error instanceof CelTypeError;
}
