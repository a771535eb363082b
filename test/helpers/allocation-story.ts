import type { CompiledFlow, Evidence, StoredRecord } from '../../src/model/index.js';
import { evidenceOf, traceOf } from './evidence.js';
import { lease, message } from './gpu-request.js';

type Defects = ReadonlySet<string>;

/** What one approved allocation of the reference system comes to, with its planted defects: told once, in spans and in stores. */
interface Story {
  readonly voters: number;
  readonly voteMs: number;
  readonly graph: 'written' | 'in the dark' | 'refused' | 'left out';
  readonly cacheFirst: boolean;
  readonly cached: string | undefined;
  readonly read: 1 | 2 | null;
  /** How many messages are sent; undefined: the request dies before. */
  readonly messages: number | undefined;
  readonly handled: boolean;
  readonly gpuIsHeld: boolean;
  readonly broken: boolean;
  readonly lost: boolean;
}

/** As the services compose them: what is past a point that is never reached does not happen. */
function storyOf(defects: Defects): Story {
  const has = (defect: string): boolean => defects.has(defect);
  const graph = graphOf(defects);
  const lies = has('lying-cache') && !has('orphan-cache');
  return {
    voters: has('no-quorum') ? 2 : 5,
    voteMs: has('slow-vote') ? 1_400 : 30,
    graph,
    cacheFirst: has('cache-before-graph'),
    cached: lies ? undefined : has('wrong-content') ? 'a100' : 'g1',
    read: has('stale-cache') ? 1 : lies ? null : 2,
    messages: has('outbox-gap') && isCommitted({ graph }) ? undefined : messagesOf(defects),
    handled: !has('stuck-consumer'),
    gpuIsHeld: has('double-lease'),
    broken: has('broken-context'),
    lost: has('lost-telemetry'),
  };
}

function graphOf(defects: Defects): Story['graph'] {
  if (defects.has('orphan-cache')) return 'left out';
  if (defects.has('dark-graph-write')) return 'in the dark';
  return defects.has('swallowed-graph-error') ? 'refused' : 'written';
}

function isCommitted({ graph }: Pick<Story, 'graph'>): boolean {
  return graph === 'written' || graph === 'in the dark';
}

function messagesOf(defects: Defects): number {
  if (defects.has('lost-event')) return 0;
  return defects.has('duplicate-event') ? 2 : 1;
}

function linesOf(story: Story): readonly string[] {
  const [graph, cache] = [graphLines(story), cacheLines(story)];
  const record = story.cacheFirst
    ? [...cache.write, ...graph, ...cache.read]
    : [...graph, ...cache.write, ...cache.read];
  const inside = [
    'a allocator <as 4-20 step=allocation output={"decisionId":"d1","gpu":"g1","model":"a100"}',
    'al allocator <a 6-18 client db.system.name=neo4j step=look',
    ...Array.from({ length: story.voters }, (_, i) => voteLines(i, story)).flat(),
    ...inTurn(record, 30 + story.voteMs),
    ...eventLines(story, 110 + story.voteMs),
  ];
  const end = 200 + story.voteMs;
  const gateway = `g gateway 0-${end} server`;
  if (story.broken)
    return [gateway, ...[`as allocator 3-${end - 3} server`, ...inside].map((line) => `${line} trace=2`)];
  const forwarded = `gc gateway <g 1-${end - 1} client http.response.status_code=201`;
  return [gateway, forwarded, `as allocator <gc 3-${end - 3} server from=gc.1`, ...inside];
}

/** Lines with `@` for their time, one after the other; a line that is indented happens inside the one before. */
function inTurn(lines: readonly string[], fromMs: number): readonly string[] {
  let now = fromMs;
  return lines.map((line) => {
    if (line.startsWith(' ')) return line.replace('@', `${now - 8}-${now - 4}`);
    now += 12;
    return line.replace('@', `${now - 10}-${now - 2}`);
  });
}

function graphLines({ graph }: Story): readonly string[] {
  if (graph === 'left out' || graph === 'in the dark') return [];
  const call = ` wc allocator <w @ client db.system.name=neo4j${graph === 'refused' ? ' !refused' : ''}`;
  return ['w allocator <as @ step=graph-write output={"version":2}', call];
}

function cacheLines({ cached, read }: Story) {
  const call = cached === undefined ? [] : [' kc allocator <k @ client db.system.name=redis name=SET'];
  return {
    write: ['k allocator <as @ step=cache-write output={"version":2}', ...call],
    read: [`x allocator <as @ step=context-read output={"version":${read}}`],
  };
}

function voteLines(i: number, { voteMs, lost }: Story): readonly string[] {
  const end = 22 + (i === 0 ? voteMs : 20);
  const vote = i < 4 ? 'approve' : 'reject';
  const agent = lost && i < 2 ? [] : [`ca${i} council <cs${i} 26-${end - 4}`];
  return [
    `v${i} allocator <as 21-${end} step=council-vote gpu.vote=${vote} gpu.voter=m${i}`,
    `vc${i} allocator <v${i} 23-${end - 1} client http.response.status_code=200`,
    `cs${i} council <vc${i} 25-${end - 3} server from=vc${i}.1`,
    ...agent,
  ];
}

function eventLines({ messages, handled }: Story, at: number): readonly string[] {
  if (messages === undefined) return [];
  const sent = Array.from({ length: messages }, (_, i) => [
    `pc${i} allocator <p ${at + 1}-${at + 9} producer messaging.system=kafka messaging.destination.name=gpu.allocated`,
    `nh${i} notifier <pc${i} ${at + 4}-${at + 14} consumer from=pc${i}.1 step=event-handled`,
    ...(handled ? [`nn${i} notifier <nh${i} ${at + 5}-${at + 12} step=notification`] : []),
  ]);
  return [`p allocator <as ${at}-${at + 10} step=event-publish`, ...sent.flat()];
}

function recordsOf(story: Story): Record<string, readonly StoredRecord[]> {
  const { cached, messages = 0, handled, gpuIsHeld } = story;
  const committed = isCommitted(story);
  const [value, ttlMs] = [JSON.stringify({ gpu: cached, version: 2 }), 60_000];
  const notice = JSON.stringify({ decisionId: 'd1' });
  const holder = gpuIsHeld ? [lease('d0', 0, 9_000_000)] : [];
  return {
    'graph-write': committed ? [{ store: 'neo4j', row: { gpu: 'g1' } }] : [],
    'cache-write': cached === undefined ? [] : [{ store: 'redis', key: 'ctx:d1', type: 'string', value, ttlMs }],
    'event-publish': Array.from({ length: messages }, (_, i) => message(7 + i, handled ? '99' : '7')),
    notification:
      messages > 0 && handled ? [{ store: 'redis', key: 'notice:d1', type: 'string', value: notice, ttlMs }] : [],
    'rejection-notice': [],
    'rejection-notification': [],
    'no-capacity': [],
    'lease gpu': [...holder, ...(committed ? [lease('d1', 5_000, 60_000)] : [])],
  };
}

/** The evidence of one approved allocation with these defects, for the reference system's own flow. */
export function allocationStory(flow: CompiledFlow, defects: readonly string[]): Evidence {
  const story = storyOf(new Set(defects));
  const trace = traceOf(linesOf(story).join('\n'), {
    stamped: true,
    ...(story.lost ? { completedBy: 'quiet' as const } : {}),
    ...(story.broken ? { joins: [{ traceId: '2', to: '1', by: 'request-id' as const, guess: false }] } : {}),
  });
  const evidence = evidenceOf(flow, trace, recordsOf(story));
  if (!story.lost) return evidence;
  const processes = trace.accounting.processes.map((each) =>
    each.service === 'council' ? { ...each, spansCounted: each.spansHeld + 2 } : each,
  );
  return { ...evidence, trace: { ...trace, accounting: { ...trace.accounting, processes } } };
}
