import { createColors } from 'picocolors';
import { type Document, isMap, parseDocument, Scalar, type YAMLMap } from 'yaml';
import { loadFlow } from '../../src/flow/index.js';
import type { CompiledFlow, StoredRecord, StoreObservation, Verdict, WorkflowTrace } from '../../src/model/index.js';
import { judgeCase, type OpenedCase, openCase } from '../../src/orchestrator/judge-evidence.js';
import { NOTHING_EARLIER } from '../../src/orchestrator/left-over.js';
import { addressBook } from '../../src/orchestrator/name-peers.js';
import { explanationLines, outcomeWord, proofText } from '../../src/report/index.js';
import { observe, parseLines, type SpanLine, type TraceOptions, traceOf } from '../helpers/evidence.js';
import { stepNames } from './step-names.js';

/**
 * One request and what is printed of it, as it stands in a file of golden/. A file may have a `flow` and `spans` of its own, which its cases change: spans
 * by their ids, and `without` takes some away; parts of the flow as a whole.
 */
export interface GoldenCase {
  readonly case: string;
  readonly flow?: FlowParts;
  /** The notation of test/helpers/evidence.ts. */
  readonly spans?: string;
  readonly without?: readonly string[];
  readonly given?: TraceOptions & { readonly open?: boolean };
  /** What each effect's store showed; null: it did not answer. */
  readonly stores?: Stores;
  readonly says?: string;
}

type Stores = Readonly<Record<string, readonly StoredRecord[] | null>>;
type FlowParts = Readonly<Record<string, unknown>>;

interface GoldenFile {
  readonly flow?: FlowParts;
  readonly spans?: string;
  readonly stores?: Stores;
  readonly cases: readonly GoldenCase[];
}

export interface Explained {
  readonly case: string;
  readonly verdict: Verdict;
  /** What is printed. */
  readonly text: string;
  /** What the file says is printed; undefined where it says nothing yet. */
  readonly says: string | undefined;
}

/** Everything in a golden file, explained. */
export async function explainFile(text: string): Promise<readonly Explained[]> {
  const file = parseDocument(text).toJS() as GoldenFile;
  return Promise.all(file.cases.map((each) => explainCase(each, file)));
}

/** The same file, saying what is printed. */
export function withSayings(text: string, explained: readonly Explained[]): string {
  const document: Document = parseDocument(text);
  const cases = document.get('cases') as { readonly items: readonly YAMLMap[] };
  for (const [i, item] of cases.items.entries()) {
    const said = explained[i];
    if (!isMap(item) || !said) continue;
    const block = new Scalar(said.text);
    block.type = Scalar.BLOCK_LITERAL;
    item.set('says', block);
  }
  return document.toString({ lineWidth: 0 });
}

async function explainCase(golden: GoldenCase, file: GoldenFile): Promise<Explained> {
  const flow = await flowOfParts({ ...file.flow, ...golden.flow });
  const trace = traceOf(spansOf(golden, file), {
    ...golden.given,
    ...(golden.given?.open && { completedBy: undefined }),
  });
  const opened = openCase(flow, trace, addressBook([]));
  const observations = observationsOf(opened, { ...file.stores, ...golden.stores });
  const verdict = judgeCase(opened, { observations, answer: undefined, earlier: NOTHING_EARLIER });
  return { case: golden.case, verdict, text: textOf(verdict, opened.evidence.trace), says: golden.says };
}

/** What the stores showed of what was asked of them. */
function observationsOf({ flow, probes }: OpenedCase, stores: Stores): readonly StoreObservation[] {
  const records = Object.entries(stores).map(([name, seen]) => [name, seen ?? undefined] as const);
  return observe(flow, Object.fromEntries(records)).flatMap((seen) => {
    const query = probes.requests.find(({ effect }) => effect === seen.effect)?.query;
    const nextStep = { nextStep: 'Start it, or correct its address.' };
    return query === undefined ? [] : [{ ...seen, query, ...(seen.status === 'unreachable' && nextStep) }];
  });
}

/** The steps of the order that are not declared are known by their name. */
async function flowOfParts(parts: FlowParts): Promise<CompiledFlow> {
  const names = stepNames([parts['order'], parts['flows'], parts['steps']]);
  const steps = {
    ...Object.fromEntries(names.map((name) => [name, {}])),
    ...(parts['steps'] as FlowParts | undefined),
  };
  return loadFlow(JSON.stringify({ version: 1, flow: 'shop', ...parts, steps }), 'the flow of the case');
}

function spansOf({ spans = '', without = [] }: GoldenCase, file: GoldenFile): readonly SpanLine[] {
  const lines = new Map(parseLines(file.spans ?? '').map((line) => [line.id, line]));
  for (const line of parseLines(spans)) lines.set(line.id, line);
  for (const id of without) if (!lines.delete(id)) throw new Error(`there is no span ${id} to do without`);
  return [...lines.values()];
}

function textOf(verdict: Verdict, trace: WorkflowTrace): string {
  const colors = createColors(false);
  const lines = [
    `${outcomeWord(verdict.outcome, colors)} ${proofText(verdict)}`,
    ...explanationLines(verdict, { trace, colors }),
  ];
  return `${lines
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd()}\n`;
}
