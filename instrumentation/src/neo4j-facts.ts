/** What can be read from a session or transaction of neo4j-driver about where its queries go. Absent facts are left out. */
import type { Attributes } from '@opentelemetry/api';

interface ServerAddress {
  readonly _host?: unknown;
  readonly _port?: unknown;
}

interface ConnectionProvider {
  readonly _address?: ServerAddress;
  readonly _seedRouter?: ServerAddress;
}

interface ConnectionHolder {
  readonly _connectionProvider?: ConnectionProvider;
  readonly _database?: unknown;
}

/** A Session (its own database, one holder for each access mode) or a Transaction (one holder). */
export interface Runner {
  readonly _database?: unknown;
  readonly _connectionHolder?: ConnectionHolder;
  readonly _writeConnectionHolder?: ConnectionHolder;
}

/** `server.address` and `server.port` of the server, or of the one that routes to it. */
export function addressOf({ _connectionHolder, _writeConnectionHolder }: Runner): Attributes {
  const provider = (_connectionHolder ?? _writeConnectionHolder)?._connectionProvider;
  const { _host: host, _port: port } = provider?._address ?? provider?._seedRouter ?? {};
  return {
    ...(typeof host === 'string' && { 'server.address': host }),
    ...(typeof port === 'number' && { 'server.port': port }),
  };
}

/** The database, once it is known: the home database is resolved by the server. */
export function databaseOf({ _database, _connectionHolder }: Runner): string | undefined {
  const database = _database ?? _connectionHolder?._database;
  return typeof database === 'string' && database !== '' ? database : undefined;
}
