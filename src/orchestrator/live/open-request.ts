import { type Collector, type Growth, type ReadMark, stepsThatFit } from '../../../collectors/index.js';
import { flowMatchers } from '../../flow/index.js';
import type { AssembledRequest, CompiledFlow, Evidence, Span } from '../../model/index.js';
import { RelevantSpans } from '../../validators/index.js';
import { nameRequest } from '../judge-evidence.js';
import type { AddressBook } from '../name-peers.js';

export interface Watched {
  readonly flow: CompiledFlow;
  readonly book: AddressBook;
}

/** What holds requests. */
export type OpenSource = Pick<Collector, 'snapshot' | 'growth'>;

/** An open request as far as it is known. */
export interface OpenReading extends Pick<Growth, 'requestId' | 'revision' | 'completionStatus'> {
  /** One of its spans was caused by no other: before that, nothing is settled. */
  readonly hasRoot: boolean;
  /** How many spans are held. */
  readonly spans: number;
}

interface Opened {
  readonly evidence: Evidence;
  /** It is of the relevant spans alone. */
  readonly isPart: boolean;
  /** How many spans mattered, and how many were held. */
  readonly matters: number;
  readonly held: number;
}

/** Reads an open request on as it grows, at a cost that goes by what came, and by what of all its flow can be held to. */
export class OpenRequest {
  readonly #requestId: string;
  readonly #watched: Watched;
  readonly #source: OpenSource;
  #mark: ReadMark | undefined;
  #relevant: RelevantSpans;
  #opened: Opened | undefined;

  constructor(requestId: string, { watched, source }: { readonly watched: Watched; readonly source: OpenSource }) {
    this.#requestId = requestId;
    this.#watched = watched;
    this.#source = source;
    this.#relevant = this.#nothingRelevant();
  }

  /** Takes what came since the last time. Undefined while nothing is held; another request where that one turned out to be part of it. */
  read(): OpenReading | undefined {
    const growth = this.#source.growth(this.#requestId, this.#mark);
    if (!growth) return undefined;
    if (growth.isAnew) {
      this.#relevant = this.#nothingRelevant();
      this.#opened = undefined;
    }
    this.#relevant.add(growth.spans);
    this.#mark = growth.mark;
    const { requestId, revision, completionStatus } = growth;
    const { hasRoot, size } = this.#relevant;
    return { requestId, revision, completionStatus, hasRoot, spans: size };
  }

  /** What there is to be judged of all that was read: the same object until something came that matters. */
  evidence(): Evidence | undefined {
    const relevant = this.#relevant.all();
    const [matters, held] = [relevant.length, this.#relevant.size];
    const known = this.#opened;
    if (known?.matters === matters && (known.isPart || known.held === held)) return known.evidence;
    const part = this.#relevant.isUnique ? this.#open(this.#requestOf(relevant)) : undefined;
    // Some are another request's after all: which, takes all spans to tell.
    const isPart = part?.trace.spans.length === matters;
    const evidence = isPart ? part : this.#openWhole();
    this.#opened = evidence && { evidence, isPart, matters, held };
    return evidence;
  }

  #nothingRelevant(): RelevantSpans {
    const { flow } = this.#watched;
    const matchers = flowMatchers(flow);
    const isStep = (span: Span): boolean => stepsThatFit(span, matchers) !== undefined;
    return new RelevantSpans({ requestId: this.#requestId, flow, isStep });
  }

  /** Accounts and joins say nothing of an open request that is for good. */
  #requestOf(spans: readonly Span[]): AssembledRequest {
    return {
      requestId: this.#requestId,
      revision: 1,
      completionStatus: 'open',
      completedBy: undefined,
      traceIds: this.#relevant.traceIds,
      spans,
      accounting: { processes: [], unsettled: [], missingParents: [] },
      joins: [],
      lateSpanIds: [],
    };
  }

  #openWhole(): Evidence | undefined {
    const whole = this.#source.snapshot(this.#requestId);
    return whole && this.#open(whole);
  }

  #open(request: AssembledRequest): Evidence {
    return openEvidence(request, this.#watched);
  }
}

/** Pure: what the spans of an open request say; nothing else is known of it. */
export function openEvidence(request: AssembledRequest, { flow, book }: Watched): Evidence {
  const trace = nameRequest(flow, request, book);
  return { flow, trace, observations: [], scope: { steps: {}, values: {} } };
}
