/** A failure as Neo4j reports it: a stable code and a sentence. */
export class BoltFailure extends Error {
  override readonly name = 'BoltFailure';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The statement asks for something the embedded graph cannot do as Neo4j would. */
export function unsupported(what: string): BoltFailure {
  return new BoltFailure(
    'Neo.ClientError.Statement.UnsupportedOperationError',
    `${what} is not supported by the embedded graph. Use a real Neo4j for it.`,
  );
}

export function typeError(message: string): BoltFailure {
  return new BoltFailure('Neo.ClientError.Statement.TypeError', message);
}

/** What the engine throws: an Error, with its ISO GQL status where it knows one. */
interface EngineError extends Error {
  readonly gqlStatus?: string;
}

/** True when the engine could make no plan of a statement: nothing of it has run. */
export function isNoStatement(error: unknown): boolean {
  return error instanceof Error && /GRAFEO-Q00[12]/.test(error.message);
}

/** First rule that fits. The engine's texts are the only sign where its status is too coarse. */
const RULES: readonly { readonly sign: RegExp; readonly code: string }[] = [
  { sign: /write conflict|GRAFEO-T00[1-3]/i, code: 'Neo.TransientError.Transaction.DeadlockDetected' },
  { sign: /constraint violation/i, code: 'Neo.ClientError.Schema.ConstraintValidationFailed' },
  { sign: /missing parameter/i, code: 'Neo.ClientError.Statement.ParameterMissing' },
  { sign: /unknown procedure/i, code: 'Neo.ClientError.Procedure.ProcedureNotFound' },
  {
    sign: /constraint.*already exists|already exists.*constraint/i,
    code: 'Neo.ClientError.Schema.EquivalentSchemaRuleAlreadyExists',
  },
  {
    sign: /index.*already exists|already exists.*index/i,
    code: 'Neo.ClientError.Schema.EquivalentSchemaRuleAlreadyExists',
  },
  { sign: /GRAFEO-Q001|syntax error|semantic error/i, code: 'Neo.ClientError.Statement.SyntaxError' },
  { sign: /unsupported/i, code: 'Neo.ClientError.Statement.UnsupportedOperationError' },
  { sign: /division by zero|overflow|out of range/i, code: 'Neo.ClientError.Statement.ArithmeticError' },
  { sign: /invalid value type|type mismatch|GRAFEO-Q006|GRAFEO-V00/i, code: 'Neo.ClientError.Statement.TypeError' },
];

/** Neo4j's words for what the engine threw. What fits no rule is our fault, not the client's. */
export function toFailure(error: unknown): BoltFailure {
  if (error instanceof BoltFailure) return error;
  const { message, gqlStatus } =
    error instanceof Error ? (error as EngineError) : { message: String(error), gqlStatus: '' };
  const code = RULES.find(({ sign }) => sign.test(message))?.code ?? 'Neo.DatabaseError.General.UnknownError';
  return new BoltFailure(code, gqlStatus ? `${message} (GQL status ${gqlStatus})` : message);
}
