import { type Clock, nanosToMs } from '../src/lib/clock.js';
import type { AssembledRequest, CompletionReason } from '../src/model/index.js';
import type { Assembler, DeclaredOrigin } from './assembler/index.js';
import type { AssemblerInput } from './assembler-input.js';
import type { Arrival } from './span-source.js';

export interface AssemblerLoopOptions {
  readonly assembler: Assembler;
  readonly clock: Clock;
  /** Called once for each revision. What it or `onNews` throws goes to `onDefect` and nowhere else. */
  readonly onCompleted: (request: AssembledRequest, at: bigint) => void;
  /** Called with the open requests that got spans, after whatever they complete was spoken of. */
  readonly onNews?: (requestIds: readonly string[]) => void;
  /** Called for each input before it takes effect. If it throws, the arrival is refused. */
  readonly onInput?: (input: AssemblerInput) => void;
  /** Default: a process warning. */
  readonly onDefect?: (error: unknown) => void;
}

/** Longest sleep: a laptop that slept, or a clock that is not the timer's, is noticed within it. */
const MAX_SLEEP_MS = 1_000;

/** Gives a pure assembler its clock and its timer: one sweep, whenever something falls due. */
export class AssemblerLoop {
  readonly #options: AssemblerLoopOptions;
  readonly #assembler: Assembler;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #isStopped = false;
  readonly #news = new Set<string>();

  constructor(options: AssemblerLoopOptions) {
    this.#options = options;
    this.#assembler = options.assembler;
  }

  /** Takes an arrival; throws when the spans cannot be taken, and then nothing of them is. */
  deliver(arrival: Arrival): void {
    if (this.#isStopped) throw new Error('The collector has stopped.');
    const { receivedAtUnixNano: at, contentType, body, batch } = arrival;
    if (!this.#assembler.hasRoomFor(batch.length, at)) throw new Error('Too many spans are held.');
    this.#record({ kind: 'arrival', at, contentType, body });
    const withNews = this.#assembler.add(batch, at, body.length);
    if (this.#options.onNews) for (const requestId of withNews) this.#news.add(requestId);
    this.#sweepSoon();
  }

  close(requestId: string, reason: CompletionReason): AssembledRequest | undefined {
    if (!this.#assembler.isOpen(requestId)) return undefined;
    const at = this.#options.clock.now();
    this.#record({ kind: 'close', at, requestId, reason });
    const closed = this.#assembler.close(requestId, reason, at);
    if (closed) this.#complete(closed, at);
    return closed;
  }

  declareOrigin({ requestId, parentSpanId, sends }: DeclaredOrigin): void {
    const origin = { requestId, parentSpanId, sends };
    this.#record({ kind: 'origin', at: this.#options.clock.now(), ...origin });
    this.#assembler.declareOrigin(origin);
    this.#sweepSoon();
  }

  /** Completes what is open by `shutdown`, and takes nothing more. */
  stop(): void {
    if (this.#isStopped) return;
    this.#sweep();
    this.#isStopped = true;
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    for (const { requestId, completionStatus } of this.#assembler.list()) {
      if (completionStatus === 'open') this.close(requestId, 'shutdown');
    }
  }

  /** After the sender got its answer: completing a request must not keep it waiting. */
  #sweepSoon(): void {
    this.#immediate ??= setImmediate(() => {
      this.#immediate = undefined;
      this.#sweep();
      this.#tellNews();
    });
  }

  #tellNews(): void {
    if (this.#news.size === 0) return;
    const news = [...this.#news].filter((id) => this.#assembler.isOpen(id));
    this.#news.clear();
    if (news.length > 0) this.#guarded(() => this.#options.onNews?.(news));
  }

  #sweep(): void {
    if (this.#isStopped) return;
    const at = this.#options.clock.now();
    const due = this.#assembler.nextDue();
    if (due !== undefined && due <= at) {
      this.#record({ kind: 'tick', at });
      for (const request of this.#assembler.takeDue(at)) this.#complete(request, at);
    }
    this.#sleep(at);
  }

  #sleep(now: bigint): void {
    clearTimeout(this.#timer);
    const due = this.#assembler.nextDue();
    if (due === undefined || this.#isStopped) return;
    const waitMs = Math.min(Math.max(Math.ceil(nanosToMs(due - now)), 0), MAX_SLEEP_MS);
    this.#timer = setTimeout(() => this.#sweep(), waitMs);
  }

  #record(input: AssemblerInput): void {
    this.#options.onInput?.(input);
  }

  #complete(request: AssembledRequest, at: bigint): void {
    this.#guarded(() => this.#options.onCompleted(request, at));
  }

  #guarded(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      (this.#options.onDefect ?? warn)(error);
    }
  }
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error), 'TracecourtWarning');
}
