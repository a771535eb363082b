import { randomUUID } from 'node:crypto';
import { EMBEDDED_PRODUCT } from '../embedded-server.js';
import { ConsumerGroup } from './group/consumer-group.js';
import { TopicCatalog } from './log/topic-catalog.js';
import { type EndedTransaction, TransactionCoordinator } from './transaction/transaction-coordinator.js';
import { WaitingRoom } from './waiting-room.js';

const NODE_ID = 1;
const MAX_GROUPS = 10_000;

export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

/** All that the broker knows. Handlers are functions of it, of a request, and of the time. */
export class BrokerState {
  readonly clusterId = EMBEDDED_PRODUCT;
  readonly nodeId = NODE_ID;
  readonly address: BrokerAddress;
  readonly topics = new TopicCatalog(NODE_ID);
  readonly groups = new Map<string, ConsumerGroup>();
  readonly transactions = new TransactionCoordinator({
    newProducerId: () => this.newProducerId(),
    onEnd: (ended, nowMs) => this.#endTransaction(ended, nowMs),
  });
  /** Fetches that wait for more records. */
  readonly fetches = new WaitingRoom();
  #nextProducerId = 1n;

  constructor(address: BrokerAddress) {
    this.address = address;
  }

  newProducerId(): bigint {
    return this.#nextProducerId++;
  }

  /** The group of that name, made if need be; undefined when there are too many. */
  groupFor(groupId: string): ConsumerGroup | undefined {
    const known = this.groups.get(groupId);
    if (known || this.groups.size >= MAX_GROUPS) return known;
    const group = new ConsumerGroup(groupId, (clientId) => `${clientId}-${randomUUID()}`);
    this.groups.set(groupId, group);
    return group;
  }

  tick(nowMs: number): void {
    for (const group of this.groups.values()) group.tick(nowMs);
    this.transactions.tick(nowMs);
    this.fetches.tick(nowMs);
  }

  /** The next time at which {@link tick} has something to do; infinity when there is none. */
  get nextDeadlineMs(): number {
    let next = Math.min(this.fetches.nextDeadlineMs, this.transactions.nextDeadlineMs);
    for (const group of this.groups.values()) next = Math.min(next, group.nextDeadlineMs);
    return next;
  }

  /** Topics and groups that were deleted meanwhile have nothing to be settled. */
  #endTransaction(ended: EndedTransaction, nowMs: number): void {
    for (const { topic, partition } of ended.partitions) {
      this.topics.partition(topic, partition)?.endTransaction(ended, nowMs);
    }
    for (const groupId of ended.groups) this.groups.get(groupId)?.offsets.settle(ended.producerId, ended.committed);
    this.fetches.retry();
  }
}

/** Who asks, how, and when. */
export interface Call {
  readonly version: number;
  readonly clientId: string;
  readonly clientHost: string;
  nowMs(): number;
  /** The connection is gone: nobody waits for the answer. */
  isAbandoned(): boolean;
}
