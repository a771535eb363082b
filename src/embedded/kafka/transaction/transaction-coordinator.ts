/**
 * Who may write in which transaction, without clock, logs or sockets: `nowMs` is an argument, and what follows from the end of
 * a transaction is done by the function given at construction.
 *
 *   idle ── first partition or group added ──▶ open ── commit, abort, time-out, or a newer producer with the same id ──▶ idle
 *
 * A producer is known by its id and its epoch. The epoch goes up whenever somebody else takes its transactional id and when
 * its time is up: what comes with an older epoch, from a producer that was thought dead say, is refused.
 */
import { ErrorCode } from '../protocol/error-code.js';

const MAX_TIMEOUT_MS = 900_000;
const MAX_EPOCH = 32_766;
const REMEMBERED_IDS = 10_000;
const NO_PRODUCER = { producerId: -1n, producerEpoch: -1 };

export interface ProducerIdentity {
  readonly producerId: bigint;
  readonly producerEpoch: number;
}

/** The producer, and the transactional id in whose name it writes. */
export interface TransactionCall extends ProducerIdentity {
  readonly transactionalId: string;
}

export interface Partition {
  readonly topic: string;
  readonly partition: number;
}

/** A transaction that is over. */
export interface EndedTransaction extends ProducerIdentity {
  readonly committed: boolean;
  readonly partitions: readonly Partition[];
  readonly groups: readonly string[];
}

export interface CoordinatorOptions {
  readonly newProducerId: () => bigint;
  /** Writes the ends into the logs and settles the offsets. It MUST NOT fail: the outcome is decided. */
  readonly onEnd: (ended: EndedTransaction, nowMs: number) => void;
}

interface OpenTransaction {
  readonly dueAtMs: number;
  readonly partitions: Map<string, Partition>;
  readonly groups: Set<string>;
}

interface Holder {
  producerId: bigint;
  producerEpoch: number;
  timeoutMs: number;
  open: OpenTransaction | undefined;
  /** How its last transaction ended, so that asking for the same end again is answered as before. */
  lastCommitted: boolean | undefined;
}

export class TransactionCoordinator {
  readonly #options: CoordinatorOptions;
  readonly #holders = new Map<string, Holder>();

  constructor(options: CoordinatorOptions) {
    this.#options = options;
  }

  /** Makes the caller the only producer of this transactional id. What its forerunner left open is aborted. */
  take(
    { transactionalId, timeoutMs }: { readonly transactionalId: string; readonly timeoutMs: number },
    nowMs: number,
  ): ProducerIdentity & { readonly errorCode: ErrorCode } {
    if (transactionalId === '') return { ...NO_PRODUCER, errorCode: ErrorCode.invalidRequest };
    if (timeoutMs <= 0 || timeoutMs > MAX_TIMEOUT_MS) {
      return { ...NO_PRODUCER, errorCode: ErrorCode.invalidTransactionTimeout };
    }
    const holder = this.#holders.get(transactionalId) ?? this.#newHolder(transactionalId);
    this.#fence(holder, nowMs);
    holder.timeoutMs = timeoutMs;
    holder.lastCommitted = undefined;
    return { producerId: holder.producerId, producerEpoch: holder.producerEpoch, errorCode: ErrorCode.none };
  }

  addPartitions(call: TransactionCall, partitions: readonly Partition[], nowMs: number): ErrorCode {
    return this.#whenHolder(call, (holder) => {
      const { partitions: added } = openedBy(holder, nowMs);
      for (const one of partitions) added.set(nameOf(one), one);
      return ErrorCode.none;
    });
  }

  addGroup(call: TransactionCall, groupId: string, nowMs: number): ErrorCode {
    return this.#whenHolder(call, (holder) => {
      openedBy(holder, nowMs).groups.add(groupId);
      return ErrorCode.none;
    });
  }

  end(call: TransactionCall, committed: boolean, nowMs: number): ErrorCode {
    return this.#whenHolder(call, (holder) => {
      if (!holder.open) return holder.lastCommitted === committed ? ErrorCode.none : ErrorCode.invalidTxnState;
      this.#end(holder, committed, nowMs);
      return ErrorCode.none;
    });
  }

  /** Whether this producer may write to this partition: only within a transaction to which it was added. */
  mayWrite(call: TransactionCall, partition: Partition): ErrorCode {
    return this.#whenHolder(call, ({ open }) =>
      open?.partitions.has(nameOf(partition)) ? ErrorCode.none : ErrorCode.invalidTxnState,
    );
  }

  /** Whether this producer may set offsets of this group: only within a transaction to which it was added. */
  mayCommitOffsets(call: TransactionCall, groupId: string): ErrorCode {
    return this.#whenHolder(call, ({ open }) =>
      open?.groups.has(groupId) ? ErrorCode.none : ErrorCode.invalidTxnState,
    );
  }

  /** Aborts what has been open for too long, and fences its producer. */
  tick(nowMs: number): void {
    for (const holder of this.#holders.values()) {
      if (holder.open && holder.open.dueAtMs <= nowMs) this.#fence(holder, nowMs);
    }
  }

  /** The next time at which {@link tick} has something to do; infinity when there is none. */
  get nextDeadlineMs(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { open } of this.#holders.values()) next = Math.min(next, open?.dueAtMs ?? next);
    return next;
  }

  #whenHolder(call: TransactionCall, work: (holder: Holder) => ErrorCode): ErrorCode {
    const holder = this.#holders.get(call.transactionalId);
    if (holder?.producerId !== call.producerId) return ErrorCode.invalidProducerIdMapping;
    if (holder.producerEpoch !== call.producerEpoch) return ErrorCode.invalidProducerEpoch;
    return work(holder);
  }

  #newHolder(transactionalId: string): Holder {
    this.#forgetOldest();
    const producerId = this.#options.newProducerId();
    const holder: Holder = { producerId, producerEpoch: -1, timeoutMs: 0, open: undefined, lastCommitted: undefined };
    this.#holders.set(transactionalId, holder);
    return holder;
  }

  /** The next epoch begins, with nothing open: who has the present one is a producer of the past. */
  #fence(holder: Holder, nowMs: number): void {
    if (holder.producerEpoch >= MAX_EPOCH) {
      this.#end(holder, false, nowMs);
      holder.producerId = this.#options.newProducerId();
      holder.producerEpoch = 0;
      return;
    }
    // The end is written with the new epoch, so that the logs refuse the old one too.
    holder.producerEpoch++;
    this.#end(holder, false, nowMs);
  }

  #end(holder: Holder, committed: boolean, nowMs: number): void {
    const { open, producerId, producerEpoch } = holder;
    if (!open) return;
    holder.open = undefined;
    holder.lastCommitted = committed;
    const partitions = [...open.partitions.values()];
    this.#options.onEnd({ producerId, producerEpoch, committed, partitions, groups: [...open.groups] }, nowMs);
  }

  #forgetOldest(): void {
    for (const [transactionalId, { open }] of this.#holders) {
      if (this.#holders.size < REMEMBERED_IDS) return;
      if (!open) this.#holders.delete(transactionalId);
    }
  }
}

function openedBy(holder: Holder, nowMs: number): OpenTransaction {
  holder.open ??= { dueAtMs: nowMs + holder.timeoutMs, partitions: new Map(), groups: new Set() };
  return holder.open;
}

function nameOf({ topic, partition }: Partition): string {
  return `${topic}/${partition}`;
}
