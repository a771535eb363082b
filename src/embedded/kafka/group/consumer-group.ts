/**
 * The life of one consumer group, without clock and without sockets: `nowMs` is an argument, answers leave through the
 * functions that came with the requests.
 *
 *   Empty ── join ──▶ PreparingRebalance ── all members joined, or too late ──▶ CompletingRebalance ── leader syncs ──▶ Stable
 *                            ▲                                                         │                               │
 *                            └──────── join, leave or silence of a member ─────────────┴───────────────────────────────┘
 *
 * The barrier: nobody's join is answered before every known member has joined again, so no two generations overlap.
 */
import { ErrorCode } from '../protocol/error-code.js';
import { CommittedOffsets } from './committed-offsets.js';
import {
  commonProtocols,
  electProtocol,
  type GroupMember,
  type JoinAnswer,
  type MemberTerms,
  metadataFor,
  type SyncAnswer,
  sameProtocols,
} from './group-member.js';

const MIN_SESSION_TIMEOUT_MS = 6_000;
const MAX_SESSION_TIMEOUT_MS = 1_800_000;
const MAX_MEMBERS = 1_000;
const NO_ASSIGNMENT = Buffer.alloc(0);

export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable';

export interface JoinRequest extends MemberTerms {
  /** Empty for a member that has none yet. */
  readonly memberId: string;
  readonly protocolType: string;
  readonly clientId: string;
  readonly clientHost: string;
  /** A new member is first told its id and must ask again with it, so that a lost answer leaves no ghost behind. */
  readonly idRequired: boolean;
}

export interface MemberCall {
  readonly memberId: string;
  readonly generationId: number;
}

export class ConsumerGroup {
  readonly groupId: string;
  readonly offsets = new CommittedOffsets();
  readonly #newMemberId: (clientId: string) => string;
  readonly #members = new Map<string, GroupMember>();
  /** Ids that were given out and not yet used, with the time at which they lapse. */
  readonly #promised = new Map<string, number>();
  #state: GroupState = 'Empty';
  #generationId = 0;
  #protocolType = '';
  #protocolName = '';
  #leaderId = '';
  #rebalanceEndsAtMs = Number.POSITIVE_INFINITY;

  constructor(groupId: string, newMemberId: (clientId: string) => string) {
    this.groupId = groupId;
    this.#newMemberId = newMemberId;
  }

  get state(): GroupState {
    return this.#state;
  }

  get protocolType(): string {
    return this.#protocolType;
  }

  /** Empty until the members agreed on one. */
  get protocolName(): string {
    return this.#state === 'Stable' || this.#state === 'CompletingRebalance' ? this.#protocolName : '';
  }

  get members(): readonly GroupMember[] {
    return [...this.#members.values()];
  }

  metadataOf(member: GroupMember): Buffer {
    return this.#state === 'Stable' ? metadataFor(member, this.#protocolName) : NO_ASSIGNMENT;
  }

  /** The answer comes when all members have joined, or at once when there is nothing to wait for. */
  join(request: JoinRequest, nowMs: number, answer: (answer: JoinAnswer) => void): void {
    const errorCode = this.#refuseJoin(request);
    const member = this.#members.get(request.memberId);
    if (errorCode !== ErrorCode.none) {
      answer(noJoin(errorCode, request.memberId));
    } else if (member) {
      this.#joinAgain(member, request, nowMs, answer);
    } else if (request.memberId === '' && request.idRequired) {
      const memberId = this.#newMemberId(request.clientId);
      this.#promised.set(memberId, nowMs + request.sessionTimeoutMs);
      answer(noJoin(ErrorCode.memberIdRequired, memberId));
    } else {
      this.#promised.delete(request.memberId);
      this.#admit(request, nowMs, answer);
    }
  }

  /** `assignments` counts only when it comes from the leader. The answer comes when the leader has spoken. */
  sync(
    request: MemberCall & { readonly assignments: ReadonlyMap<string, Buffer> },
    nowMs: number,
    answer: (answer: SyncAnswer) => void,
  ): void {
    const member = this.#members.get(request.memberId);
    const errorCode = this.#refuseSync(member, request);
    if (!member || errorCode !== ErrorCode.none) {
      answer({ errorCode, assignment: NO_ASSIGNMENT });
      return;
    }
    this.#heard(member, nowMs);
    if (this.#state === 'Stable') {
      answer({ errorCode: ErrorCode.none, assignment: member.assignment });
      return;
    }
    member.answerSync?.({ errorCode: ErrorCode.rebalanceInProgress, assignment: NO_ASSIGNMENT });
    member.answerSync = answer;
    if (member.memberId === this.#leaderId) this.#settle(request.assignments, nowMs);
  }

  heartbeat(call: MemberCall, nowMs: number): ErrorCode {
    const member = this.#members.get(call.memberId);
    if (!member) return ErrorCode.unknownMemberId;
    if (call.generationId !== this.#generationId) return ErrorCode.illegalGeneration;
    this.#heard(member, nowMs);
    return this.#state === 'PreparingRebalance' ? ErrorCode.rebalanceInProgress : ErrorCode.none;
  }

  leave(memberId: string, nowMs: number): ErrorCode {
    if (this.#promised.delete(memberId)) {
      if (this.#state === 'PreparingRebalance') this.#completeIfAllJoined(nowMs);
      return ErrorCode.none;
    }
    const member = this.#members.get(memberId);
    if (!member) return ErrorCode.unknownMemberId;
    this.#remove([member], nowMs);
    return ErrorCode.none;
  }

  /** Whether this caller may commit offsets. Commits without member and generation are for groups without members. */
  mayCommit(call: MemberCall, nowMs: number): ErrorCode {
    if (call.generationId < 0 && this.#state === 'Empty') return ErrorCode.none;
    const member = this.#members.get(call.memberId);
    if (!member) return this.#state === 'Empty' ? ErrorCode.illegalGeneration : ErrorCode.unknownMemberId;
    if (call.generationId !== this.#generationId) return ErrorCode.illegalGeneration;
    this.#heard(member, nowMs);
    return this.#state === 'CompletingRebalance' ? ErrorCode.rebalanceInProgress : ErrorCode.none;
  }

  /** Lets go of who was silent for too long, and of who did not join in time. */
  tick(nowMs: number): void {
    for (const [memberId, lapsesAtMs] of this.#promised) {
      if (lapsesAtMs <= nowMs) this.#promised.delete(memberId);
    }
    const silent = this.members.filter((member) => !isWaiting(member) && member.expiresAtMs <= nowMs);
    if (silent.length > 0) this.#remove(silent, nowMs);
    if (this.#state === 'PreparingRebalance') this.#tickRebalance(nowMs);
  }

  /** The next time at which {@link tick} has something to do; infinity when there is none. */
  get nextDeadlineMs(): number {
    const expiries = this.members.filter((member) => !isWaiting(member)).map(({ expiresAtMs }) => expiresAtMs);
    const rebalance = this.#state === 'PreparingRebalance' ? this.#rebalanceEndsAtMs : Number.POSITIVE_INFINITY;
    return Math.min(rebalance, ...expiries, ...this.#promised.values());
  }

  #refuseJoin(request: JoinRequest): ErrorCode {
    const { memberId, sessionTimeoutMs, protocolType, protocols } = request;
    if (sessionTimeoutMs < MIN_SESSION_TIMEOUT_MS || sessionTimeoutMs > MAX_SESSION_TIMEOUT_MS) {
      return ErrorCode.invalidSessionTimeout;
    }
    const isKnown = this.#members.has(memberId) || this.#promised.has(memberId);
    if (memberId !== '' && !isKnown) return ErrorCode.unknownMemberId;
    const isFull = this.#members.size + this.#promised.size >= MAX_MEMBERS;
    if (!isKnown && isFull) return ErrorCode.groupMaxSizeReached;
    if (protocolType === '' || protocols.length === 0) return ErrorCode.inconsistentGroupProtocol;
    const others = this.members.filter((member) => member.memberId !== memberId);
    if (others.length === 0) return ErrorCode.none;
    const common = commonProtocols(others);
    const fits = protocolType === this.#protocolType && protocols.some(({ name }) => common.includes(name));
    return fits ? ErrorCode.none : ErrorCode.inconsistentGroupProtocol;
  }

  #refuseSync(member: GroupMember | undefined, { generationId }: MemberCall): ErrorCode {
    if (!member) return ErrorCode.unknownMemberId;
    if (generationId !== this.#generationId) return ErrorCode.illegalGeneration;
    return this.#state === 'PreparingRebalance' ? ErrorCode.rebalanceInProgress : ErrorCode.none;
  }

  #admit(request: JoinRequest, nowMs: number, answer: (answer: JoinAnswer) => void): void {
    const memberId = request.memberId || this.#newMemberId(request.clientId);
    const { clientId, clientHost, protocolType } = request;
    this.#protocolType = protocolType;
    this.#members.set(memberId, {
      memberId,
      clientId,
      clientHost,
      terms: termsOf(request),
      assignment: NO_ASSIGNMENT,
      expiresAtMs: nowMs + request.sessionTimeoutMs,
      answerJoin: answer,
      answerSync: undefined,
    });
    this.#rebalance(nowMs);
  }

  #tickRebalance(nowMs: number): void {
    const timeIsUp = this.#rebalanceEndsAtMs <= nowMs;
    const late = this.members.filter((member) => timeIsUp && !member.answerJoin);
    for (const { memberId } of late) this.#members.delete(memberId);
    if (timeIsUp) this.#complete(nowMs);
    else this.#completeIfAllJoined(nowMs);
  }

  #joinAgain(member: GroupMember, request: JoinRequest, nowMs: number, answer: (answer: JoinAnswer) => void): void {
    const changed = !sameProtocols(member.terms.protocols, request.protocols);
    const leaderAsks = this.#state === 'Stable' && member.memberId === this.#leaderId;
    if (this.#state !== 'PreparingRebalance' && !changed && !leaderAsks) {
      this.#heard(member, nowMs);
      answer(this.#generationFor(member));
      return;
    }
    // Only one of two joins of a member can be answered with a generation: the first one has been given up by the client.
    member.answerJoin?.(noJoin(ErrorCode.rebalanceInProgress, member.memberId));
    member.terms = termsOf(request);
    member.answerJoin = answer;
    this.#rebalance(nowMs);
  }

  #rebalance(nowMs: number): void {
    if (this.#state !== 'PreparingRebalance') {
      for (const member of this.members) {
        member.assignment = NO_ASSIGNMENT;
        answerSync(member, { errorCode: ErrorCode.rebalanceInProgress, assignment: NO_ASSIGNMENT }, nowMs);
      }
      this.#state = 'PreparingRebalance';
      this.#rebalanceEndsAtMs = nowMs + Math.max(0, ...this.members.map(({ terms }) => terms.rebalanceTimeoutMs));
    }
    this.#completeIfAllJoined(nowMs);
  }

  #completeIfAllJoined(nowMs: number): void {
    const allJoined = this.members.every((member) => member.answerJoin);
    if (allJoined && (this.#promised.size === 0 || this.#members.size === 0)) this.#complete(nowMs);
  }

  #complete(nowMs: number): void {
    this.#generationId++;
    this.#rebalanceEndsAtMs = Number.POSITIVE_INFINITY;
    if (this.#members.size === 0) {
      this.#state = 'Empty';
      this.#leaderId = '';
      return;
    }
    this.#state = 'CompletingRebalance';
    this.#protocolName = electProtocol(this.members);
    if (!this.#members.has(this.#leaderId)) this.#leaderId = this.members[0]?.memberId ?? '';
    for (const member of this.members) {
      const answer = member.answerJoin;
      member.answerJoin = undefined;
      this.#heard(member, nowMs);
      answer?.(this.#generationFor(member));
    }
  }

  #settle(assignments: ReadonlyMap<string, Buffer>, nowMs: number): void {
    this.#state = 'Stable';
    for (const member of this.members) {
      member.assignment = assignments.get(member.memberId) ?? NO_ASSIGNMENT;
      answerSync(member, { errorCode: ErrorCode.none, assignment: member.assignment }, nowMs);
    }
  }

  #remove(gone: readonly GroupMember[], nowMs: number): void {
    for (const member of gone) {
      this.#members.delete(member.memberId);
      member.answerJoin?.(noJoin(ErrorCode.unknownMemberId, member.memberId));
      answerSync(member, { errorCode: ErrorCode.unknownMemberId, assignment: NO_ASSIGNMENT }, nowMs);
    }
    this.#rebalance(nowMs);
  }

  #generationFor(member: GroupMember): JoinAnswer {
    const isLeader = member.memberId === this.#leaderId;
    const members = this.members.map((one) => ({
      memberId: one.memberId,
      groupInstanceId: null,
      metadata: metadataFor(one, this.#protocolName),
    }));
    return {
      errorCode: ErrorCode.none,
      generationId: this.#generationId,
      protocolName: this.#protocolName,
      leaderId: this.#leaderId,
      memberId: member.memberId,
      members: isLeader ? members : [],
    };
  }

  #heard(member: GroupMember, nowMs: number): void {
    member.expiresAtMs = nowMs + member.terms.sessionTimeoutMs;
  }
}

function isWaiting(member: GroupMember): boolean {
  return member.answerJoin !== undefined || member.answerSync !== undefined;
}

function answerSync(member: GroupMember, answer: SyncAnswer, nowMs: number): void {
  if (!member.answerSync) return;
  const send = member.answerSync;
  member.answerSync = undefined;
  member.expiresAtMs = nowMs + member.terms.sessionTimeoutMs;
  send(answer);
}

function termsOf({ sessionTimeoutMs, rebalanceTimeoutMs, protocols }: MemberTerms): MemberTerms {
  // The metadata is a view of the request's frame, which must not be kept alive by it.
  const kept = protocols.map(({ name, metadata }) => ({ name, metadata: Buffer.from(metadata) }));
  return { sessionTimeoutMs, rebalanceTimeoutMs, protocols: kept };
}

function noJoin(errorCode: ErrorCode, memberId: string): JoinAnswer {
  return { errorCode, generationId: -1, protocolName: '', leaderId: '', memberId, members: [] };
}
