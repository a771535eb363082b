import { isUtf8 } from 'node:buffer';
import type { Attributes, Span, SpanEvent, SpanLink, SpanStatus } from '../../src/model/index.js';
import { attributesAt } from './json-attributes.js';
import {
  asObject,
  idAt,
  type JsonObject,
  objectAt,
  objectsAt,
  smallNumberAt,
  stringAt,
  timeAt,
} from './json-fields.js';
import { parseJsonExactly } from './json-text.js';
import type { DecodedSpans } from './protobuf-traces.js';
import { idProblem, parentIdOf, parentIsRemoteOf, Refusals, spanKindOf, statusCodeOf } from './span-fields.js';
import { undecodable } from './undecodable.js';

/**
 * Reads an ExportTraceServiceRequest in OTLP's JSON form: ids in hex, 64-bit integers as text or number without losing a bit,
 * unknown fields ignored, `null` the same as absent. Throws TracecourtError `undecodable-spans` for anything malformed, and for
 * a body that means something else than it says (snake_case names, an export of logs or metrics).
 */
export function decodeJsonTraces(body: Buffer): DecodedSpans {
  if (!isUtf8(body)) throw undecodable('its text is not UTF-8');
  const root = asObject(parseJsonExactly(withoutByteOrderMark(body.toString('utf8'))), 'the body');
  const spans: Span[] = [];
  const refusals = new Refusals();
  let seen = 0;
  for (const candidate of candidates(root)) {
    seen++;
    const problem = refusalOf(candidate.json);
    if (problem === undefined) spans.push(spanOf(candidate));
    else refusals.add(problem, idsOf(candidate.json).traceId);
  }
  if (seen === 0) refuseOtherMeanings(root);
  return { spans, refused: refusals.result() };
}

interface Candidate {
  readonly json: JsonObject;
  readonly resource: Attributes;
  readonly scopeName: string;
}

function* candidates(root: JsonObject): Iterable<Candidate> {
  for (const resourceSpans of objectsAt(root, 'resourceSpans')) {
    const resource = attributesAt(objectAt(resourceSpans, 'resource') ?? {});
    for (const scopeSpans of objectsAt(resourceSpans, 'scopeSpans')) {
      const scopeName = stringAt(objectAt(scopeSpans, 'scope') ?? {}, 'name');
      for (const json of objectsAt(scopeSpans, 'spans')) yield { json, resource, scopeName };
    }
  }
}

function refusalOf(json: JsonObject): string | undefined {
  const problem = idProblem(idsOf(json));
  return problem !== undefined && 'trace_id' in json
    ? 'OTLP/JSON spells its names in lowerCamelCase: traceId, not trace_id'
    : problem;
}

function idsOf(json: JsonObject) {
  return { traceId: idAt(json, 'traceId'), spanId: idAt(json, 'spanId'), parentSpanId: idAt(json, 'parentSpanId') };
}

function spanOf({ json, resource, scopeName }: Candidate): Span {
  const { traceId, spanId, parentSpanId } = idsOf(json);
  return {
    traceId,
    spanId,
    parentSpanId: parentIdOf(parentSpanId),
    traceState: stringAt(json, 'traceState'),
    parentIsRemote: parentIsRemoteOf(smallNumberAt(json, 'flags')),
    name: stringAt(json, 'name'),
    kind: spanKindOf(smallNumberAt(json, 'kind')),
    startUnixNano: timeAt(json, 'startTimeUnixNano'),
    endUnixNano: timeAt(json, 'endTimeUnixNano'),
    status: statusOf(objectAt(json, 'status')),
    attributes: attributesAt(json),
    events: objectsAt(json, 'events').map(eventOf),
    links: objectsAt(json, 'links').map(linkOf),
    resource,
    scopeName,
  };
}

function statusOf(json: JsonObject | undefined): SpanStatus {
  return json
    ? { code: statusCodeOf(smallNumberAt(json, 'code')), message: stringAt(json, 'message') }
    : { code: 'unset', message: '' };
}

function eventOf(json: JsonObject): SpanEvent {
  return {
    name: stringAt(json, 'name'),
    timeUnixNano: timeAt(json, 'timeUnixNano'),
    attributes: attributesAt(json),
  };
}

function linkOf(json: JsonObject): SpanLink {
  return {
    traceId: idAt(json, 'traceId'),
    spanId: idAt(json, 'spanId'),
    traceState: stringAt(json, 'traceState'),
    attributes: attributesAt(json),
  };
}

/** A body that leaves no span at all may be a misunderstanding, and acknowledging it as empty would hide that. */
function refuseOtherMeanings(root: JsonObject): void {
  for (const [foreign, path] of [
    ['resourceLogs', '/v1/logs'],
    ['resourceMetrics', '/v1/metrics'],
  ] as const) {
    if (foreign in root) throw undecodable(`it holds ${foreign}; post it to ${path}`);
  }
  const snake = snakeCaseName(root);
  if (snake) {
    throw undecodable(
      `it has no spans, but a field ${snake}: OTLP/JSON spells its names in lowerCamelCase (resourceSpans)`,
    );
  }
}

function snakeCaseName(root: JsonObject): string | undefined {
  if ('resource_spans' in root) return 'resource_spans';
  const inner = objectsAt(root, 'resourceSpans').some((resourceSpans) => 'scope_spans' in resourceSpans);
  return inner ? 'scope_spans' : undefined;
}

function withoutByteOrderMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
