/** Why a question to Neo4j got no answer. */
export type Neo4jFailure =
  /** The question itself is wrong, and would be wrong anywhere. */
  { readonly kind: 'wrong-query'; readonly reason: string } | { readonly kind: 'unreachable'; readonly reason: string };

/** What was tried: the reason names it. */
export interface Neo4jAttempt {
  readonly address: string;
  readonly user: string | undefined;
  readonly database: string | undefined;
}

interface DriverError extends Error {
  readonly code?: string;
}

/** Puts what the driver threw into one sentence that tells the causes apart. */
export function explainNeo4jFailure(error: unknown, attempt: Neo4jAttempt): Neo4jFailure {
  const { code = '', message } = error instanceof Error ? (error as DriverError) : { message: String(error) };
  const said = firstLine(message);
  if (code === 'Neo.ClientError.Statement.ParameterMissing') return unreachable(`the query lacks a value: ${said}`);
  if (/^Neo\.ClientError\.(Statement|Procedure)\./.test(code))
    return { kind: 'wrong-query', reason: `${said} (${code})` };
  if (/^Neo\.ClientError\.Security\./.test(code)) return unreachable(credentials(attempt, code));
  if (/^Neo\.ClientError\.Database\./.test(code)) return unreachable(database(attempt, said));
  if (code.startsWith('Neo.')) return unreachable(`${attempt.address} could not answer: ${said} (${code})`);
  return unreachable(connection(attempt, message));
}

function unreachable(reason: string): Neo4jFailure {
  return { kind: 'unreachable', reason };
}

function credentials({ address, user }: Neo4jAttempt, code: string): string {
  const who = user === undefined ? 'a logon without user and password' : `the user "${user}" with the password given`;
  return `${address} refuses ${who} (${code}).`;
}

function database({ address, database: name }: Neo4jAttempt, said: string): string {
  return `${address} has no usable database "${name ?? 'the default one'}": ${said}`;
}

/** The driver tells what happened on the socket only in its message. */
const SOCKET_SIGNS: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED/, 'refuses the connection: nothing listens there.'],
  [/ENOTFOUND|EAI_AGAIN/, 'has no known address: the host name does not resolve.'],
  [/EHOSTUNREACH|ENETUNREACH/, 'cannot be reached: there is no route to it.'],
  [/ETIMEDOUT|timed out|timeout/i, 'did not answer in time.'],
  [/responded HTTP/i, 'speaks HTTP, not Bolt: that is the port of the browser, Bolt has its own.'],
  [/ECONNRESET|closed by server|socket hang up/i, 'ended the connection at once: it does not seem to speak Bolt.'],
  [/protocol version|handshake|negotiat/i, 'does not speak a version of Bolt that the driver knows.'],
];

function connection({ address }: Neo4jAttempt, message: string): string {
  const sign = SOCKET_SIGNS.find(([pattern]) => pattern.test(message));
  return sign ? `${address} ${sign[1]}` : `${address} could not be asked: ${firstLine(message)}`;
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').trim();
}
