import { ACCOUNT, formatAccount, REQUEST_ID, SENT, SEQUENCE_SENT } from '@tracecourt/instrumentation/wire-names';
import { createAssembler } from '../../collectors/index.js';
import type { AssembledRequest, Attributes, Span } from '../../src/model/index.js';
import { type SpanLine, type TraceOptions, traceOf } from './evidence.js';
import type { seeded } from './seeded.js';
import { attributesOf, batchOfSpans, spanIdOf, traceIdOf } from './spans.js';

// What the processes of a random run would export, put together by the assembler: with accounts, in any order, some of it twice, some of it late.

type Random = ReturnType<typeof seeded>;

/** All that the assembler says of the run that is known to be whole, in turn. */
export function assembleRun(
  lines: readonly SpanLine[],
  { options, random }: { readonly options: TraceOptions; readonly random: Random },
): readonly AssembledRequest[] {
  const assembler = createAssembler();
  const said: AssembledRequest[] = [];
  exportsOf(traceOf(lines, options).spans, random).forEach((spans, ms) => {
    assembler.add(batchOfSpans(spans), BigInt(ms));
    said.push(...assembler.takeDue(BigInt(ms)));
  });
  return said.filter(({ completedBy }) => completedBy === 'accounted');
}

function exportsOf(spans: readonly Span[], random: Random): readonly (readonly Span[])[] {
  const real = spans.map(withRealIds);
  const instances = [...new Set(real.map(instanceOf))];
  const whole = instances.map((instance) => withAccount(real.filter((span) => instanceOf(span) === instance)));
  const parts = whole.flatMap((all) => {
    const cut = random.below(all.length);
    return random.below(3) === 0 && cut > 0 ? [all.slice(0, cut), all.slice(cut)] : [all];
  });
  const shuffled = parts.map((part) => ({ part, at: random.below(1_000) })).sort((a, b) => a.at - b.at);
  return shuffled.flatMap(({ part }) => (random.below(5) === 0 ? [part, part] : [part]));
}

const instanceOf = ({ resource }: Span): string => String(resource.get('service.instance.id'));

/** An account counts what its process began, and one that began more spans later tells of those too. */
function withAccount(spans: readonly Span[]): readonly Span[] {
  const xor = spans.reduce((sum, { spanId }) => sum ^ BigInt(`0x${spanId}`), 0n);
  const sent = spans.reduce((sum, { attributes }) => sum + Number(attributes.get(SENT) ?? 0), 0);
  const account = formatAccount({ spans: spans.length, sent, xor: xor.toString(16).padStart(16, '0') });
  return spans.map((span, i) =>
    i === spans.length - 1 ? { ...span, attributes: plus(span.attributes, { [ACCOUNT]: account }) } : span,
  );
}

function withRealIds(span: Span): Span {
  const sent = span.attributes.get(SEQUENCE_SENT);
  return {
    ...span,
    traceId: traceIdOf(span.traceId),
    spanId: spanIdOf(span.spanId),
    parentSpanId: span.parentSpanId === undefined ? undefined : spanIdOf(span.parentSpanId),
    traceState: span.traceState.replace(/=(.*)\.(\d+)$/, (_, id: string, n: string) => `=${spanIdOf(id)}.${n}`),
    links: span.links.map((link) => ({ ...link, traceId: traceIdOf(link.traceId), spanId: spanIdOf(link.spanId) })),
    attributes: plus(span.attributes, { [REQUEST_ID]: 'r1', ...(Array.isArray(sent) ? { [SENT]: sent.length } : {}) }),
  };
}

function plus(attributes: Attributes, more: Parameters<typeof attributesOf>[0]): Attributes {
  return attributesOf({ ...Object.fromEntries(attributes.entries()), ...more });
}
