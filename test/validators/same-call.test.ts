import { expect } from 'chai';
import { judgedLines, wordsOf } from '../helpers/judged-lines.js';

const FLOW = 'steps: {a: {}}\norder: a';
const SWALLOWED = 'fail swallowed-error(a)';

/** A call that failed, then another that went well, each with attributes of its own. */
function calls(failed: string, next: string, { at = '20-25', kind = 'client' } = {}): string {
  return `a s 0-100 step=a\ns1 s <a 10-15 ${kind} ${failed} !refused\ns2 s <a ${at} ${kind} ${next}`;
}

const REDIS = 'name=SET db.system.name=redis';
const KAFKA = 'messaging.system=kafka name=send';
const GRAPH = 'db.system.name=neo4j name=MERGE';

const ROWS: readonly (readonly [title: string, lines: string, words: string])[] = [
  ['of the same key', calls(`${REDIS} db.query.text="SET_k1"`, `${REDIS} db.query.text="SET_k1"`), 'pass'],
  ['of another key', calls(`${REDIS} db.query.text="SET k1 ?"`, `${REDIS} db.query.text="SET k2 ?"`), SWALLOWED],
  [
    'of the same key and a newer value',
    calls(`${REDIS} db.query.text="SET k1 1"`, `${REDIS} db.query.text="SET k1 2"`),
    'pass',
  ],
  ['of which nothing is told', calls(REDIS, REDIS), 'pass'],
  [
    'to the same topic',
    calls(`${KAFKA} messaging.destination.name=t`, `${KAFKA} messaging.destination.name=t`, { kind: 'producer' }),
    'pass',
  ],
  [
    'to another topic',
    calls(`${KAFKA} messaging.destination.name=t`, `${KAFKA} messaging.destination.name=u`, { kind: 'producer' }),
    SWALLOWED,
  ],
  [
    'of another message',
    calls(`${KAFKA} messaging.kafka.message.key=o1`, `${KAFKA} messaging.kafka.message.key=o2`, { kind: 'producer' }),
    SWALLOWED,
  ],
  [
    'by another statement',
    calls(`${GRAPH} db.query.text="MERGE (a)"`, `${GRAPH} db.query.text="MERGE (b)"`),
    SWALLOWED,
  ],
  ['with another parameter', calls(`${GRAPH} db.query.parameter.id=1`, `${GRAPH} db.query.parameter.id=2`), SWALLOWED],
  ['of another name', calls(REDIS, 'name=GET db.system.name=redis'), SWALLOWED],
  ['that came before', calls(REDIS, REDIS, { at: '2-5' }), SWALLOWED],
];

describe('a call to a store that failed is repaired by none but the same call', () => {
  for (const [title, lines, words] of ROWS) {
    it(title, async () => expect(wordsOf(await judgedLines(FLOW, lines))).to.equal(words));
  }
});
