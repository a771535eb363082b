import type { AttributeValue, JudgeableRequest, Span, TraceStep } from '../../model/index.js';
import { another, fieldsOf } from './another-value.js';
import { withAttributes, withSpans } from './edit-spans.js';
import type { Subject } from './subject.js';

/** Where wrappers put what a step was given and gave back. */
const CAPTURED: Readonly<Record<string, string>> = {
  input: 'tracecourt.step.input',
  output: 'tracecourt.step.output',
};

/** What instrumentation says of every call, whatever it is about: OpenTelemetry's own names. Its values are no business of a flow's. */
const CONVENTIONS =
  /^(tracecourt|client|code|db|enduser|error|exception|faas|graphql|http|messaging|net|network|otel|peer|process|rpc|server|service|telemetry|thread|url|user_agent)\./;

/** What of a step can be changed: its own attributes, and the fields of what it was given and gave back. */
export function changesOf({ family, occurrencesOf }: Subject, step: string): readonly string[] {
  const names = occurrencesOf(step).flatMap(({ spanId }) => namesOf(family.get(spanId)));
  return [...new Set(names)].sort();
}

function namesOf(span: Span | undefined): readonly string[] {
  if (!span) return [];
  const own = [...span.attributes.entries()].map(([key]) => key).filter((key) => !CONVENTIONS.test(key));
  const captured = Object.entries(CAPTURED).flatMap(([name, key]) => {
    const value = span.attributes.get(key);
    const fields = value === undefined ? undefined : fieldsOf(value);
    if (value === undefined) return [];
    return fields ? Object.keys(fields.values).map((field) => `${name}.${field}`) : [name];
  });
  return [...own, ...captured];
}

/** In each occurrence of the step, one of its values is another. */
export function change(
  { request, observations, occurrencesOf }: Subject,
  { step, what }: { readonly step: string; readonly what: string },
): JudgeableRequest {
  const ids = new Set(occurrencesOf(step).map(({ spanId }: TraceStep) => spanId));
  const spans = request.spans.map((span) => (ids.has(span.spanId) ? changed(span, what) : span));
  return { request: withSpans(request, spans), observations };
}

function changed(span: Span, what: string): Span {
  const value = span.attributes.get(what);
  if (value !== undefined) return { ...span, attributes: withAttributes(span.attributes, { [what]: another(value) }) };
  const [name = '', ...rest] = what.split('.');
  const key = CAPTURED[name];
  const captured = key === undefined ? undefined : span.attributes.get(key);
  if (key === undefined || captured === undefined) return span;
  return { ...span, attributes: withAttributes(span.attributes, { [key]: inside(captured, rest.join('.')) }) };
}

function inside(captured: AttributeValue, field: string): AttributeValue {
  const fields = field === '' ? undefined : fieldsOf(captured);
  if (!fields) return another(captured);
  const values = { ...fields.values, [field]: another(fields.values[field] ?? null) };
  return fields.asText ? JSON.stringify(values) : values;
}
