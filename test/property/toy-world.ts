import { Agenda } from './agenda.js';
import type { Random } from './random.js';
import type { ToyOptions } from './toy-options.js';
import {
  type ExportedSpan,
  LINGER_MS,
  type SpanStart,
  type ToyContext,
  ToyProcess,
  type ToyProcessOptions,
  type ToySpan,
} from './toy-process.js';

export type GroupShape = 'each' | 'each-linked' | 'linked' | 'batch' | 'batch-under-fetch';

export interface ConsumerGroup {
  readonly name: string;
  readonly shape: GroupShape;
  readonly buffer: ToyContext[];
}

export interface Topic {
  readonly name: string;
  readonly groups: readonly ConsumerGroup[];
}

/** Everything that a random system is made of while it runs. */
export class ToyWorld {
  readonly random: Random;
  readonly options: ToyOptions;
  readonly agenda = new Agenda();
  readonly processes: ToyProcess[] = [];
  readonly topics: Topic[] = [];
  readonly exported: ExportedSpan[] = [];
  /** Requests whose completion cannot be proven. */
  unprovable = 0;
  /** True once a hypothesis was left. */
  hasLeaked = false;
  #fuel: number;

  constructor(random: Random, options: ToyOptions) {
    this.random = random;
    this.options = options;
    this.#fuel = 3 + random.int(22);
  }

  get now(): number {
    return this.agenda.now;
  }

  addProcess(options: Pick<ToyProcessOptions, 'service' | 'hasLedger' | 'tellsRemote'>): ToyProcess {
    const process = new ToyProcess({
      ...options,
      name: `process-${this.processes.length}`,
      random: this.random,
      onExport: (exported) => this.exported.push(exported),
    });
    this.processes.push(process);
    return process;
  }

  anyProcess(): ToyProcess {
    return this.random.pick(this.processes.filter(({ isDown }) => !isDown));
  }

  /** False when the system is large enough: nothing more may begin of itself. */
  mayGrow(): boolean {
    return this.#fuel > 0;
  }

  /** A new trace for the work on these contexts. */
  newTrace(of: readonly ToyContext[], requestId: string | undefined): ToyContext {
    const requests = of.reduce((all, context) => all | context.requests, 0);
    const touches = of.reduce((all, context) => all | context.touches, 0);
    const traceId = this.random.hex(32);
    return { traceId, spanId: undefined, traceState: '', isRemote: false, requestId, requests, touches };
  }

  start(process: ToyProcess, parent: ToyContext, start: SpanStart): ToySpan {
    this.#fuel--;
    if (!process.hasLedger) this.unprovable |= parent.touches;
    return process.start(parent, this.now, start);
  }

  end(span: ToySpan): void {
    span.process.end(span, this.now);
    this.#sweepLater(span.process);
  }

  inject(process: ToyProcess, context: ToyContext): ToyContext {
    const header = process.inject(context, this.now);
    this.#sweepLater(process);
    return header;
  }

  after(delayMs: number, act: () => void): void {
    this.agenda.after(delayMs, act);
  }

  /** As {@link after}, unless the process dies before. */
  afterIn(process: ToyProcess, delayMs: number, act: () => void): void {
    this.agenda.after(delayMs, () => {
      if (!process.isDown) act();
    });
  }

  leaks(leak: ToyOptions['leak'], probability: number): boolean {
    if (this.options.leak !== leak || !this.random.chance(probability)) return false;
    this.hasLeaked = true;
    return true;
  }

  /** Timers are late now and then; a process that dies sweeps no more. */
  #sweepLater(process: ToyProcess): void {
    if (!process.hasLedger) return;
    this.afterIn(process, LINGER_MS + (this.random.chance(0.3) ? this.random.int(10) : 0), () =>
      process.sweep(this.now),
    );
  }
}
