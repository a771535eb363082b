import type { ErrorCode } from '../protocol/error-code.js';

/** One way in which a member can share out partitions, with what it wants to be assigned. */
export interface MemberProtocol {
  readonly name: string;
  readonly metadata: Buffer;
}

export interface JoinAnswer {
  readonly errorCode: ErrorCode;
  readonly generationId: number;
  readonly protocolName: string;
  readonly leaderId: string;
  readonly memberId: string;
  /** All members, for the leader only: it shares out the partitions. */
  readonly members: readonly {
    readonly memberId: string;
    readonly groupInstanceId: string | null;
    readonly metadata: Buffer;
  }[];
}

export interface SyncAnswer {
  readonly errorCode: ErrorCode;
  readonly assignment: Buffer;
}

export interface MemberTerms {
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly protocols: readonly MemberProtocol[];
}

/** A member of a group. While it waits for an answer it cannot be late. */
export interface GroupMember {
  readonly memberId: string;
  readonly clientId: string;
  readonly clientHost: string;
  terms: MemberTerms;
  assignment: Buffer;
  /** When it counts as gone, if nothing is heard of it. */
  expiresAtMs: number;
  answerJoin: ((answer: JoinAnswer) => void) | undefined;
  answerSync: ((answer: SyncAnswer) => void) | undefined;
}

export function metadataFor(member: GroupMember, protocolName: string): Buffer {
  return member.terms.protocols.find(({ name }) => name === protocolName)?.metadata ?? Buffer.alloc(0);
}

export function sameProtocols(a: readonly MemberProtocol[], b: readonly MemberProtocol[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ name, metadata }, i) => name === b[i]?.name && metadata.equals(b[i]?.metadata ?? Buffer.alloc(0)))
  );
}

/** Protocols that every member speaks. */
export function commonProtocols(members: readonly GroupMember[]): readonly string[] {
  const [first, ...others] = members;
  const names = first?.terms.protocols.map(({ name }) => name) ?? [];
  return names.filter((name) => others.every(({ terms }) => terms.protocols.some((other) => other.name === name)));
}

/** The common protocol that most members like best; the first one's order settles ties. */
export function electProtocol(members: readonly GroupMember[]): string {
  const common = commonProtocols(members);
  const votes = members.map(({ terms }) => terms.protocols.find(({ name }) => common.includes(name))?.name);
  const count = (name: string): number => votes.filter((vote) => vote === name).length;
  return common.reduce((best, name) => (count(name) > count(best) ? name : best), common[0] ?? '');
}
