import { existsSync, statSync } from 'node:fs';
import { TracecourtError } from '../errors.js';
import { diffFlows, type FlowSurroundings, loadFlowFile } from '../flow/index.js';
import type { CompiledFlow, FlowComparison } from '../model/index.js';
import { acceptsRun } from '../validators/index.js';
import { findBundle } from './bundle-reader.js';
import { learnOrdersFor } from './learn-orders-for.js';

export interface ComparedFlows extends FlowComparison {
  /** What the second is: another flow, or what recorded requests show of the first one's steps. */
  readonly with: 'flow' | 'requests';
  /** Requests that the second was learnt from; 0 for a flow. */
  readonly requests: number;
}

/**
 * Compares a flow with another, or with what recorded requests show: of those the order of the flow's own steps is learnt, and nothing else is compared.
 *
 * Throws TracecourtError for what cannot be read, and for recordings of which nothing can be learnt.
 */
export async function compareFlows(
  left: string,
  right: string,
  { bundles, ...surroundings }: FlowSurroundings & { readonly bundles: string },
): Promise<ComparedFlows> {
  if (isRecording(left, bundles)) throw recordingFirst(left);
  const flow = await loadFlowFile(left, surroundings);
  if (!isRecording(right, bundles)) {
    const other = await loadFlowFile(right, surroundings);
    return { ...diffFlows(flow, other, acceptsRun), with: 'flow', requests: 0 };
  }
  const { order, insides, requests } = await learnOrdersFor(flow, { recording: right, bundles });
  const seen: CompiledFlow = {
    ...flow,
    order,
    steps: flow.steps.map(({ inside: _inside, ...step }) => {
      const inside = insides.get(step.name);
      return inside ? { ...step, inside } : step;
    }),
  };
  return { ...diffFlows(flow, seen, acceptsRun), with: 'requests', requests };
}

function recordingFirst(path: string): TracecourtError {
  return new TracecourtError('usage', `${path} is a recording, and the first of the two must be a flow.`, {
    nextStep: 'Name the flow first; or learn a flow of the recording with `tracecourt flow learn`, and compare that.',
  });
}

/** A run, a folder, or a file that is no YAML by its name. */
function isRecording(path: string, bundles: string): boolean {
  if (findBundle(path, bundles) !== undefined || (existsSync(path) && statSync(path).isDirectory())) return true;
  return /\.(jsonl|ndjson|json)$/.test(path);
}
