import { nanosToMs } from '../lib/clock.js';
import { isDeeperThan, parseWholeNumbers } from '../lib/exact-json.js';
import { compileExpression } from '../lib/expression.js';
import { lazily } from '../lib/lazily.js';
import { oncePer } from '../lib/once-per.js';
import type {
  AttributeValue,
  CompiledFlow,
  ExpressionScope,
  Span,
  StepInScope,
  StoredValue,
  TraceStep,
  WorkflowTrace,
} from '../model/index.js';
import { decisiveSpanId, entriesByAnyName, nameInExpressions } from '../model/index.js';

const MAX_JSON_DEPTH = 60;

/**
 * What the flow's expressions may speak of, for one request: its steps by name (all that the flow knows, an empty list where none
 * occurred, each in the order of the trace) and the flow's values in the order of declaration. A value that cannot be evaluated is absent.
 * Worked out when somebody looks.
 */
export function expressionScope(flow: CompiledFlow, trace: WorkflowTrace): ExpressionScope {
  const scope: ExpressionScope = lazily(
    { params: flow.parameters },
    { steps: () => stepsInScope(flow, trace), values: () => valuesOf(flow, scope.steps) },
  );
  return scope;
}

function stepsInScope(flow: CompiledFlow, trace: WorkflowTrace): ExpressionScope['steps'] {
  const spans = new Map(trace.spans.map((span) => [span.spanId, span]));
  const steps: Record<string, StepInScope[]> = Object.fromEntries(
    flow.steps.map((step) => [nameInExpressions(step.name), []]),
  );
  for (const step of trace.steps)
    steps[nameInExpressions(step.stepName)]?.push(stepInScope(step, spans.get(decisiveSpanId(step))));
  return steps;
}

function valuesOf(flow: CompiledFlow, steps: ExpressionScope['steps']): ExpressionScope['values'] {
  const values: Record<string, StoredValue> = {};
  for (const { name, expression } of valueExpressions(flow)) {
    const result = expression?.evaluate({ steps, values, params: flow.parameters });
    if (result?.ok && result.value !== null) values[name] = result.value as StoredValue;
  }
  return values;
}

/** In the order of declaration; undefined for one that is no expression. */
const valueExpressions = oncePer((flow: CompiledFlow) =>
  Object.entries(flow.values).map(([name, text]) => {
    const compiled = compileExpression(text);
    return { name, expression: compiled.ok ? compiled.expression : undefined };
  }),
);

function stepInScope(step: TraceStep, span: Span | undefined): StepInScope {
  const told = {
    spanId: decisiveSpanId(step),
    input: parsed(step.input),
    output: parsed(step.output),
    status: step.status,
    service: step.component,
    durationMs: nanosToMs(step.endTime - step.startTime),
  };
  return lazily(told, { attributes: () => attributesInScope(span) });
}

/** Of a key that occurs twice the first wins, as in Attributes. */
function attributesInScope(span: Span | undefined): StepInScope['attributes'] {
  const attributes = [...(span ? entriesByAnyName(span.attributes) : [])].map(
    ([key, value]) => [key, storedValue(value)] as const,
  );
  return Object.fromEntries(attributes.reverse());
}

/** JSON text as its value; any other text stays text. */
function parsed(value: AttributeValue | undefined): StoredValue {
  if (typeof value !== 'string') return storedValue(value ?? null);
  if (isDeeperThan(value, MAX_JSON_DEPTH)) return value;
  try {
    return parseWholeNumbers(value) as StoredValue;
  } catch {
    return value;
  }
}

function storedValue(value: AttributeValue): StoredValue {
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(storedValue);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, storedValue(item)]));
}
