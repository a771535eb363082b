import type { AssembledRequest, CompiledFlow, StoreName, Verdict } from '../model/index.js';
import type { StoreProbe } from '../stores/index.js';
import { hearRequest } from './hear-request.js';
import { NOTHING_EARLIER } from './left-over.js';

/** Compares a completed request with its flow and with what the stores hold of it. Reads, never writes. */
export class DataFlowValidator {
  readonly #flow: CompiledFlow;
  readonly #probes: ReadonlyMap<StoreName, StoreProbe>;

  constructor(flow: CompiledFlow, probes: ReadonlyMap<StoreName, StoreProbe>) {
    this.#flow = flow;
    this.#probes = probes;
  }

  /** The whole verdict: order, counts, budgets, votes, and every effect in its store. */
  async validateRequest(request: AssembledRequest): Promise<Verdict> {
    const { verdict } = await hearRequest({
      flow: this.#flow,
      probes: this.#probes,
      answer: undefined,
      earlier: NOTHING_EARLIER,
      book: new Map(),
      newest: () => request,
      mayWait: true,
      signal: new AbortController().signal,
    });
    return verdict;
  }

  /** What the verdict says of the graph alone: whether the decision is stored, once, with the expected content. */
  async validateDecisionPersistence(request: AssembledRequest): Promise<Verdict['findings']> {
    const { findings } = await this.validateRequest(request);
    return findings.filter(({ store }) => store === 'neo4j');
  }
}
