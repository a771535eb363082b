import type { Call } from './command.js';

/** A connection as CLIENT INFO describes it: the fields of Redis that have a meaning here. */
export function clientLine({ session, server, name }: Call): string {
  const age = (server.nowMs - session.connectedAtMs) / 1000n;
  const fields: readonly (readonly [string, string | number | bigint])[] = [
    ['id', session.id],
    ['addr', session.address],
    ['laddr', session.localAddress],
    ['name', session.clientName],
    ['age', age],
    ['flags', session.subscriptionCount > 0 ? 'P' : 'N'],
    ['db', session.database],
    ['sub', session.channels.size],
    ['psub', session.patterns.size],
    ['multi', session.transaction?.queue.length ?? -1],
    ['cmd', name],
    ['user', 'default'],
    ['lib-name', session.libraryName],
    ['lib-ver', session.libraryVersion],
    ['resp', session.protocol],
  ];
  return fields.map(([field, value]) => `${field}=${value}`).join(' ');
}
