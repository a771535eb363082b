import { expect } from 'chai';
import { ConsumerGroup, type JoinRequest } from '../../../src/embedded/kafka/group/consumer-group.js';
import type { JoinAnswer, SyncAnswer } from '../../../src/embedded/kafka/group/group-member.js';
import { ErrorCode } from '../../../src/embedded/kafka/protocol/error-code.js';

const SESSION_MS = 10_000;
const REBALANCE_MS = 20_000;

/** A group whose members are called m1, m2, … in the order in which they came. */
class Room {
  #members = 0;
  readonly group = new ConsumerGroup('g', () => `m${++this.#members}`);

  join(memberId: string, nowMs: number, over: Partial<JoinRequest> = {}): { answer: JoinAnswer | undefined } {
    const box: { answer: JoinAnswer | undefined } = { answer: undefined };
    const request: JoinRequest = {
      memberId,
      protocolType: 'consumer',
      sessionTimeoutMs: SESSION_MS,
      rebalanceTimeoutMs: REBALANCE_MS,
      protocols: [{ name: 'round', metadata: Buffer.from('meta') }],
      clientId: 'c',
      clientHost: '/h',
      idRequired: false,
      ...over,
    };
    this.group.join(request, nowMs, (answer) => {
      box.answer = answer;
    });
    return box;
  }

  sync(memberId: string, generationId: number, nowMs: number, shares: Record<string, string> = {}) {
    const box: { answer: SyncAnswer | undefined } = { answer: undefined };
    const assignments = new Map(Object.entries(shares).map(([id, share]) => [id, Buffer.from(share)]));
    this.group.sync({ memberId, generationId, assignments }, nowMs, (answer) => {
      box.answer = answer;
    });
    return box;
  }

  /** Two members, m1 leading, at generation 2. */
  static ofTwo(nowMs: number): Room {
    const room = new Room();
    room.join('', nowMs);
    room.join('', nowMs);
    room.join('m1', nowMs);
    room.sync('m2', 2, nowMs);
    room.sync('m1', 2, nowMs, { m1: 'a', m2: 'b' });
    return room;
  }
}

describe('a consumer group', () => {
  it('lets a first member in at once and makes it the leader', () => {
    const room = new Room();
    const { answer } = room.join('', 0);
    expect(answer).to.include({ errorCode: ErrorCode.none, generationId: 1, leaderId: 'm1', memberId: 'm1' });
    expect(answer?.members).to.have.length(1);
    expect(room.group.state).to.equal('CompletingRebalance');
    expect(room.sync('m1', 1, 0, { m1: 'all' }).answer?.assignment.toString()).to.equal('all');
    expect(room.group.state).to.equal('Stable');
  });

  it('answers nobody before all have joined again', () => {
    const room = new Room();
    room.join('', 0);
    room.sync('m1', 1, 0, { m1: 'all' });
    const second = room.join('', 1);
    expect(second.answer).to.equal(undefined);
    expect(room.group.heartbeat({ memberId: 'm1', generationId: 1 }, 2)).to.equal(ErrorCode.rebalanceInProgress);
    const first = room.join('m1', 3);
    expect(first.answer).to.include({ generationId: 2, leaderId: 'm1' });
    expect(second.answer).to.include({ generationId: 2, leaderId: 'm1', memberId: 'm2' });
    expect([first.answer?.members.length, second.answer?.members.length]).to.deep.equal([2, 0]);
  });

  it('gives each member its share when the leader has spoken, and not before', () => {
    const room = new Room();
    room.join('', 0);
    room.join('', 0);
    room.join('m1', 0);
    const follower = room.sync('m2', 2, 0);
    expect(follower.answer).to.equal(undefined);
    room.sync('m1', 2, 0, { m1: 'a', m2: 'b' });
    expect(follower.answer?.assignment.toString()).to.equal('b');
  });

  it('tells a new member its id first, and waits for it to come back with it', () => {
    const room = new Room();
    const first = room.join('', 0, { idRequired: true });
    expect(first.answer).to.include({ errorCode: ErrorCode.memberIdRequired, memberId: 'm1' });
    expect(room.join('m1', 1, { idRequired: true }).answer).to.include({ errorCode: ErrorCode.none, generationId: 1 });
  });

  it('forgets an id that was promised and never used', () => {
    const room = new Room();
    room.join('', 0, { idRequired: true });
    room.group.tick(SESSION_MS);
    expect(room.join('m1', SESSION_MS).answer?.errorCode).to.equal(ErrorCode.unknownMemberId);
  });

  it('lets go of a member that was silent for its session, and tells the others to join again', () => {
    const room = Room.ofTwo(0);
    room.group.heartbeat({ memberId: 'm1', generationId: 2 }, SESSION_MS - 1);
    expect(room.group.nextDeadlineMs).to.equal(SESSION_MS);
    room.group.tick(SESSION_MS);
    expect(room.group.members.map(({ memberId }) => memberId)).to.deep.equal(['m1']);
    expect(room.group.heartbeat({ memberId: 'm1', generationId: 2 }, SESSION_MS)).to.equal(
      ErrorCode.rebalanceInProgress,
    );
    expect(room.join('m1', SESSION_MS).answer).to.include({ generationId: 3 });
  });

  it('goes on without a member that does not join in time, though it still beats', () => {
    const room = Room.ofTwo(0);
    const third = room.join('', 0);
    room.join('m1', 0);
    for (let now = 0; now < REBALANCE_MS; now += 5_000) {
      room.group.heartbeat({ memberId: 'm2', generationId: 2 }, now);
      room.group.tick(now);
    }
    expect(third.answer).to.equal(undefined);
    room.group.tick(REBALANCE_MS);
    expect(third.answer).to.include({ generationId: 3 });
    expect(room.group.members.map(({ memberId }) => memberId)).to.deep.equal(['m1', 'm3']);
  });

  it('is empty when the last one leaves', () => {
    const room = Room.ofTwo(0);
    expect(room.group.leave('m1', 0)).to.equal(ErrorCode.none);
    expect(room.group.leave('m2', 0)).to.equal(ErrorCode.none);
    expect(room.group.leave('m2', 0)).to.equal(ErrorCode.unknownMemberId);
    expect(room.group.state).to.equal('Empty');
    expect(room.group.nextDeadlineMs).to.equal(Number.POSITIVE_INFINITY);
  });

  it('knows strangers and past generations', () => {
    const { group } = Room.ofTwo(0);
    expect(group.heartbeat({ memberId: 'm9', generationId: 2 }, 0)).to.equal(ErrorCode.unknownMemberId);
    expect(group.heartbeat({ memberId: 'm1', generationId: 1 }, 0)).to.equal(ErrorCode.illegalGeneration);
    expect(group.mayCommit({ memberId: 'm1', generationId: 1 }, 0)).to.equal(ErrorCode.illegalGeneration);
    expect(group.mayCommit({ memberId: 'm1', generationId: 2 }, 0)).to.equal(ErrorCode.none);
    expect(group.mayCommit({ memberId: '', generationId: -1 }, 0)).to.equal(ErrorCode.unknownMemberId);
  });

  it('refuses a member with which it has no protocol in common, and sessions out of bounds', () => {
    const room = Room.ofTwo(0);
    const other = room.join('', 0, { protocols: [{ name: 'other', metadata: Buffer.alloc(0) }] });
    expect(other.answer?.errorCode).to.equal(ErrorCode.inconsistentGroupProtocol);
    expect(room.join('', 0, { sessionTimeoutMs: 100 }).answer?.errorCode).to.equal(ErrorCode.invalidSessionTimeout);
  });

  it('sends back who waits for its share when the round starts anew', () => {
    const room = new Room();
    room.join('', 0);
    room.join('', 0);
    room.join('m1', 0);
    const waiting = room.sync('m2', 2, 0);
    room.join('', 0);
    expect(waiting.answer?.errorCode).to.equal(ErrorCode.rebalanceInProgress);
  });
});
