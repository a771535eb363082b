import { randomBytes } from 'node:crypto';

/** Names a run so that folders sort by time and no two runs meet in a store: `20261121-104501-3f2a9c`. */
export function newRunId(now: Date): string {
  const [date = '', time = ''] = now.toISOString().split('T');
  return `${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${randomBytes(3).toString('hex')}`;
}

/** Ids of requests contain the run's, so that left-overs of another run are never taken for effects of this one. */
export function requestIdIn(run: string, index: number): string {
  return `${run}.${index + 1}`;
}
