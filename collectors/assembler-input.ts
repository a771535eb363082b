import type { AssembledRequest, CompletionReason } from '../src/model/index.js';
import { type Assembler, type AssemblerOptions, createAssembler, type DeclaredOrigin } from './assembler/index.js';
import { decodeTraces } from './otlp-decode/index.js';
import type { Arrival } from './span-source.js';

/** Everything that ever changed an assembler: the log from which a run is replayed exactly. `at` is Unix nanoseconds. */
export type AssemblerInput =
  | {
      readonly kind: 'arrival';
      readonly at: bigint;
      readonly contentType: Arrival['contentType'];
      readonly body: Uint8Array;
    }
  /** A look at what is due; one that found nothing changed nothing and is left out. */
  | { readonly kind: 'tick'; readonly at: bigint }
  | {
      readonly kind: 'close';
      readonly at: bigint;
      readonly requestId: string;
      readonly reason: CompletionReason;
    }
  | ({ readonly kind: 'origin'; readonly at: bigint } & DeclaredOrigin);

/**
 * The revisions that a live run with these inputs and options spoke, in the same order. Throws TracecourtError
 * `undecodable-spans` for an arrival that no collector can have accepted.
 */
export function replayInputs(inputs: Iterable<AssemblerInput>, options: AssemblerOptions = {}): AssembledRequest[] {
  const assembler = createAssembler(options);
  const spoken: AssembledRequest[] = [];
  for (const input of inputs) spoken.push(...applyInput(assembler, input));
  return spoken;
}

function applyInput(assembler: Assembler, input: AssemblerInput): readonly AssembledRequest[] {
  switch (input.kind) {
    case 'arrival':
      assembler.add(decodeTraces(input.body, input.contentType).batch, input.at, input.body.length);
      return [];
    case 'tick':
      return assembler.takeDue(input.at);
    case 'close': {
      const closed = assembler.close(input.requestId, input.reason, input.at);
      return closed ? [closed] : [];
    }
    case 'origin':
      assembler.declareOrigin(input);
      return [];
    default:
      return input satisfies never;
  }
}
