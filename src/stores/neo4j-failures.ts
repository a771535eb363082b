import type { StoreFailure, StoreFailureKind } from '../model/index.js';

/** Why a question to Neo4j got no answer. */
export type Neo4jFailure =
  /** The question itself is wrong, and would be wrong anywhere. */
  | { readonly kind: 'wrong-query'; readonly reason: string }
  /** The connection was lost: another one may do. */
  | { readonly kind: 'cut-off'; readonly failure: StoreFailure }
  | { readonly kind: 'failed'; readonly failure: StoreFailure };

/** What was tried: failures name it. */
export interface Neo4jAttempt {
  readonly address: string;
  readonly user: string | undefined;
  readonly database: string | undefined;
}

interface DriverError extends Error {
  readonly code?: string;
}

/** Puts what the driver threw into words, of a server that is known to speak Bolt. */
export function explainNeo4jFailure(error: unknown, attempt: Neo4jAttempt): Neo4jFailure {
  const { code = '', message } = error instanceof Error ? (error as DriverError) : { message: String(error) };
  const said = firstLine(message);
  const failed = (kind: StoreFailureKind, saw: string, nextStep: string): Neo4jFailure => ({
    kind: 'failed',
    failure: { kind, address: attempt.address, saw, nextStep },
  });
  if (code === 'Neo.ClientError.Statement.ParameterMissing')
    return failed(
      'unreadable',
      `was not asked: the query lacks a value (${said})`,
      'See which value the flow does not get.',
    );
  if (/^Neo\.ClientError\.(Statement|Procedure)\./.test(code))
    return { kind: 'wrong-query', reason: `${said} (${code})` };
  if (/^Neo\.ClientError\.Security\./.test(code))
    return failed('credentials', `refuses ${logon(attempt)} (${code})`, 'Correct NEO4J_USER and NEO4J_PASSWORD.');
  if (/^Neo\.ClientError\.Database\./.test(code))
    return failed('no-database', `has no usable database ${named(attempt)} (${code})`, 'Correct NEO4J_DATABASE.');
  if (code.startsWith('Neo.')) return failed('unable', `cannot answer: ${said} (${code})`, 'Look into its log.');
  return lostOrUnusable(said, attempt);
}

function lostOrUnusable(said: string, { address }: Neo4jAttempt): Neo4jFailure {
  if (/discovery/i.test(said)) {
    const saw = `speaks Bolt, but does not tell where its databases are: ${said}`;
    const nextStep =
      'Use bolt:// in NEO4J_URL for a server that is no cluster, or correct the address that it advertises.';
    return { kind: 'failed', failure: { kind: 'unable', address, saw, nextStep } };
  }
  if (/protocol version|negotiat/i.test(said)) {
    const saw = 'speaks Bolt, but no version of it that the driver knows';
    return { kind: 'failed', failure: { kind: 'unable', address, saw, nextStep: 'Use Neo4j 4.4 or newer.' } };
  }
  const saw = `ends the connection while it is asked: ${said}`;
  return { kind: 'cut-off', failure: { kind: 'hung-up', address, saw, nextStep: 'Look into its log.' } };
}

function logon({ user }: Neo4jAttempt): string {
  return user === undefined ? 'a logon without user and password' : `the user "${user}" with the password given`;
}

function named({ database }: Neo4jAttempt): string {
  return database === undefined ? 'of its own choice' : `"${database}"`;
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').trim();
}
