import type { RequestName } from './bolt-messages.js';

/** Where a connection stands, in the words of the Bolt specification. */
export type BoltState =
  | 'connected'
  | 'authentication'
  | 'ready'
  | 'streaming'
  | 'tx-ready'
  | 'tx-streaming'
  | 'failed'
  | 'defunct';

/** What to do with a request: carry it out, answer IGNORED, or end the connection for a breach of the protocol. */
export type Admission = 'perform' | 'ignore' | 'breach';

const ALLOWED: Readonly<Record<BoltState, readonly RequestName[]>> = {
  connected: ['HELLO'],
  authentication: ['LOGON'],
  ready: ['RUN', 'BEGIN', 'ROUTE', 'LOGOFF', 'TELEMETRY', 'RESET'],
  streaming: ['PULL', 'DISCARD', 'RESET'],
  'tx-ready': ['RUN', 'COMMIT', 'ROLLBACK', 'RESET'],
  'tx-streaming': ['RUN', 'PULL', 'DISCARD', 'COMMIT', 'ROLLBACK', 'RESET'],
  failed: ['RESET'],
  defunct: [],
};

export function admit(state: BoltState, request: RequestName): Admission {
  if (request === 'GOODBYE' || ALLOWED[state].includes(request)) return 'perform';
  return state === 'failed' ? 'ignore' : 'breach';
}

/** How a performed request ended. */
export interface Outcome {
  readonly ok: boolean;
  /** Results of this transaction that still have rows. */
  readonly openStreams: number;
  /** True from Bolt 5.1 on: who it is comes in a message of its own. */
  readonly separateLogon: boolean;
}

/** The state after a request that was performed. A failure before anybody logged on ends the connection. */
export function stateAfter(state: BoltState, request: RequestName, outcome: Outcome): BoltState {
  if (request === 'GOODBYE') return 'defunct';
  if (!outcome.ok) return state === 'connected' || state === 'authentication' ? 'defunct' : 'failed';
  switch (request) {
    case 'HELLO':
      return outcome.separateLogon ? 'authentication' : 'ready';
    case 'LOGOFF':
      return 'authentication';
    case 'BEGIN':
      return 'tx-ready';
    case 'RUN':
      return state === 'ready' ? 'streaming' : 'tx-streaming';
    case 'PULL':
    case 'DISCARD':
      return afterRows(state, outcome.openStreams);
    case 'TELEMETRY':
    case 'ROUTE':
      return state;
    case 'LOGON':
    case 'COMMIT':
    case 'ROLLBACK':
    case 'RESET':
      return 'ready';
    default:
      return request satisfies never;
  }
}

function afterRows(state: BoltState, openStreams: number): BoltState {
  if (openStreams > 0) return state;
  return state === 'streaming' ? 'ready' : 'tx-ready';
}
