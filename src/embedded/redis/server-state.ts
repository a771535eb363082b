import { Keyspace, type TimeSource } from './keyspace.js';
import type { Session } from './session.js';
import { WaitingRoom } from './waiting-room.js';

export const DATABASE_COUNT = 16;

/** Everything that the connections of one server share. `nowMs` is set once for each command. */
export class ServerState implements TimeSource {
  readonly startedAtMs: bigint;
  readonly sessions = new Set<Session>();
  readonly databases: readonly Keyspace[];
  readonly waitingRoom = new WaitingRoom();
  /** Of the user `default`, the only one there is. */
  readonly password: string | undefined;
  nowMs: bigint;
  port = 0;
  commandCount = 0;

  constructor(nowMs: bigint, password?: string) {
    this.password = password;
    this.nowMs = nowMs;
    this.startedAtMs = nowMs;
    this.databases = Array.from({ length: DATABASE_COUNT }, () => new Keyspace(this));
  }

  keysOf(session: Session): Keyspace {
    const keys = this.databases[session.database];
    if (keys === undefined) throw new Error(`no database ${session.database}`);
    return keys;
  }
}
