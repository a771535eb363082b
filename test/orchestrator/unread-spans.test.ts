import { expect } from 'chai';
import { loadFlow } from '../../src/flow/index.js';
import { judgeSpans } from '../../src/orchestrator/check-recorded.js';
import { requestsInLines } from '../../src/orchestrator/recorded-requests.js';
import { reasonSentence } from '../../src/view/index.js';
import { wordsOf } from '../helpers/judged-lines.js';

const FLOW = 'version: 1\nflow: f\ntrust: quiet\nsteps: {a: {}, b: {}}\norder: {sequence: [a, b]}';
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const OTHER = '1af7651916cd43dd8448eb211c80319c';

interface Recorded {
  readonly spanId: string;
  readonly step?: string;
  readonly traceId?: string;
  readonly parentSpanId?: string;
  readonly startMs: number;
}

/** An export of one span, as a file holds it: in a line. */
function line({ spanId, step, traceId = TRACE, parentSpanId = '', startMs }: Recorded): string {
  const at = (ms: number): string => `${1_700_000_000_000 + ms}000000`;
  const attributes = step === undefined ? [] : [{ key: 'tracecourt.step', value: { stringValue: step } }];
  const span = { traceId, spanId, parentSpanId, name: step ?? 'root', attributes };
  const times = { startTimeUnixNano: at(startMs), endTimeUnixNano: at(startMs + 5) };
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] };
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [{ ...span, ...times }] }] }] });
}

const ROOT: Recorded = { spanId: 'aaaaaaaaaaaaaaaa', startMs: 0 };
const A: Recorded = { spanId: 'bbbbbbbbbbbbbbbb', parentSpanId: ROOT.spanId, step: 'a', startMs: 10 };
const B: Recorded = { spanId: 'cccccccccccccccc', parentSpanId: ROOT.spanId, step: 'b', startMs: 20 };

async function told(spans: readonly Recorded[]): Promise<readonly string[]> {
  const flow = await loadFlow(FLOW, 'f.yaml');
  const requests = requestsInLines(spans.map(line).join('\n'), { file: 'spans.jsonl', flow });
  const [request] = requests.filter(({ traceIds }) => traceIds.includes(TRACE));
  if (!request) throw new Error('no request');
  const { verdict } = judgeSpans(flow, request);
  return [wordsOf(verdict), ...verdict.reasons.map(reasonSentence)];
}

describe('spans of a recording that could not be read', () => {
  it('are missing where all could be', async () => {
    expect(await told([ROOT, A])).to.deep.equal(['fail missing-step(b)']);
    expect(await told([ROOT, A, B])).to.deep.equal(['pass']);
  });

  it('are told of, and may be what is missing', async () => {
    expect(await told([ROOT, A, { ...B, spanId: '00' }])).to.deep.equal([
      'unknown telemetry-lost',
      '1 span came and could not be read: a span id must be 8 bytes, not all zero. That may be why `b` cannot be seen.',
    ]);
    expect(await told([ROOT, A, { ...B, traceId: '00' }])).to.deep.equal([
      'unknown telemetry-lost',
      '1 span came and could not be read: a trace id must be 16 bytes, not all zero. That may be why `b` cannot be seen.',
    ]);
  });

  it('of another trace are nothing to this one', async () => {
    expect(await told([ROOT, A, { ...B, traceId: OTHER, spanId: '00' }])).to.deep.equal(['fail missing-step(b)']);
  });

  it('may be another span of the same id, whichever came first', async () => {
    const clash = { ...B, spanId: A.spanId };
    const sentence = '1 span came and could not be read: another span has the same id.';
    for (const spans of [
      [ROOT, A, clash],
      [ROOT, clash, A],
    ]) {
      const [words, said] = await told(spans);
      expect(words).to.equal('unknown telemetry-lost');
      expect(said).to.contain(sentence);
    }
  });

  it('are not the same span sent again', async () => {
    expect(await told([ROOT, A, A, B])).to.deep.equal(['pass']);
  });
});
