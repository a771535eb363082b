import { expect } from 'chai';
import type { RequestName } from '../../../src/embedded/bolt/bolt-messages.js';
import { admit, type BoltState, stateAfter } from '../../../src/embedded/bolt/bolt-state.js';

/** Walks through requests; `RUN!` fails, `PULL+` leaves a result open. Gives the states passed through. */
function walk(from: BoltState, requests: string): string {
  let state = from;
  const passed: string[] = [];
  for (const word of requests.split(' ')) {
    const name = word.replace(/[!+]$/, '') as RequestName;
    const admission = admit(state, name);
    if (admission === 'perform') {
      const openStreams = word.endsWith('+') ? 1 : 0;
      state = stateAfter(state, name, { ok: !word.endsWith('!'), openStreams, separateLogon: true });
    }
    passed.push(admission === 'perform' ? state : admission);
  }
  return passed.join(' ');
}

describe('the Bolt state machine', () => {
  const walks: readonly (readonly [string, BoltState, string, string])[] = [
    ['logs on', 'connected', 'HELLO LOGON LOGOFF LOGON', 'authentication ready authentication ready'],
    ['ends for a wrong password', 'connected', 'HELLO LOGON!', 'authentication defunct'],
    ['lets nobody run before the logon', 'connected', 'RUN', 'breach'],
    ['runs and pulls', 'ready', 'RUN PULL+ PULL', 'streaming streaming ready'],
    ['runs and discards', 'ready', 'RUN DISCARD', 'streaming ready'],
    ['takes one statement at a time outside a transaction', 'ready', 'RUN RUN', 'streaming breach'],
    ['commits', 'ready', 'BEGIN RUN PULL COMMIT', 'tx-ready tx-streaming tx-ready ready'],
    ['rolls back', 'ready', 'BEGIN ROLLBACK', 'tx-ready ready'],
    [
      'keeps two results open in a transaction',
      'ready',
      'BEGIN RUN RUN PULL+ PULL',
      'tx-ready tx-streaming tx-streaming tx-streaming tx-ready',
    ],
    [
      'ignores all after a failure until RESET',
      'ready',
      'RUN! PULL RUN COMMIT RESET RUN',
      'failed ignore ignore ignore ready streaming',
    ],
    ['fails a transaction as a whole', 'ready', 'BEGIN RUN! ROLLBACK RESET', 'tx-ready failed ignore ready'],
    ['resets out of anything', 'ready', 'BEGIN RUN RESET RUN RESET', 'tx-ready tx-streaming ready streaming ready'],
    ['pulls nothing where nothing runs', 'ready', 'PULL', 'breach'],
    ['says good-bye anywhere', 'failed', 'GOODBYE RUN', 'defunct breach'],
    ['stays where it is for telemetry and routes', 'ready', 'TELEMETRY ROUTE', 'ready ready'],
  ];
  for (const [what, from, requests, states] of walks) {
    it(`${what}: ${requests}`, () => {
      expect(walk(from, requests)).to.equal(states);
    });
  }

  it('needs no logon of its own before Bolt 5.1', () => {
    expect(stateAfter('connected', 'HELLO', { ok: true, openStreams: 0, separateLogon: false })).to.equal('ready');
  });
});
