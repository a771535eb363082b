import { createAssembler } from '../../collectors/index.js';
import type { AssembledRequest } from '../../src/model/index.js';
import { at, batchOfSpans } from '../helpers/spans.js';
import type { Arrivals } from './arrivals.js';
import type { ToyRequest, ToySystem } from './toy-system.js';
import { Truth } from './truth.js';

/** One revision, and the truth at the moment it was spoken. */
export interface Word {
  readonly said: AssembledRequest;
  /** Undefined for an id that no request has. */
  readonly request: ToyRequest | undefined;
  /** Spans still to come without which the request is not complete, and all that touch it. */
  readonly missing: number;
  readonly untold: number;
}

export interface Assembled {
  readonly words: readonly Word[];
  /** Requests that were not called accounted when the last span on which the proof rests had come. */
  readonly tooLate: readonly ToyRequest[];
  /** What is held when nothing more comes, by request id. */
  readonly final: ReadonlyMap<string, AssembledRequest>;
}

/** Long after every quiet time, and before the retention is over. */
const END_MS = 300_000;

/**
 * Gives the arrivals to a real assembler. No time passes between them that would let it guess; at the end, all that is still
 * open is spoken of by a guess.
 */
export function assemble(system: ToySystem, arrivals: Arrivals): Assembled {
  const assembler = createAssembler({ handoffs: system.declarations });
  const truth = new Truth(system);
  const byId = new Map(system.requests.map((request) => [request.requestId, request]));
  const words: Word[] = [];
  const tooLate = new Set<ToyRequest>();
  const listen = (said: AssembledRequest): void => {
    const request = byId.get(said.requestId);
    const missing = request ? truth.missing(request) : 0;
    words.push({ said, request, missing, untold: request ? truth.untold(request) : 0 });
  };
  for (const { requestId, origins } of system.requests) {
    for (const origin of origins) assembler.declareOrigin({ requestId, ...origin });
  }
  for (const [i, batch] of arrivals.batches.entries()) {
    for (const exported of batch) truth.arrive(exported, arrivals);
    assembler.add(batchOfSpans(batch.map(({ span }) => span)), at(i / 1_000));
    assembler.takeDue(at(i / 1_000)).forEach(listen);
    const accounted = new Set(words.map(({ said }) => said.requestId));
    for (const request of system.requests) {
      if (!accounted.has(request.requestId) && truth.mustBeAccounted(request)) tooLate.add(request);
    }
  }
  assembler.takeDue(at(END_MS)).forEach(listen);
  const ids = assembler.list().map(({ requestId }) => requestId);
  const final = new Map(ids.map((id) => [id, assembler.snapshot(id)!]));
  return { words, tooLate: [...tooLate], final };
}
