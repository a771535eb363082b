import { ANY_INITIAL, type Attributes, type AttributeValue, initialOf, type Span } from './span.js';

/** Attributes that most matchers of steps ask for, by their current names. With name, kind, status, service and stated step they make the shape of a span. */
export const SHAPE_ATTRIBUTES = [
  'db.system.name',
  'db.operation.name',
  'messaging.system',
  'messaging.operation.name',
  'messaging.operation.type',
  'messaging.destination.name',
  'http.request.method',
  'http.route',
] as const;

const SHAPE_INITIALS = SHAPE_ATTRIBUTES.reduce((bits, key) => bits | initialOf(key), 0);

interface Shape {
  readonly number: number;
  readonly kind: Span['kind'];
  readonly status: Span['status']['code'];
  readonly service: AttributeValue | undefined;
  readonly step: AttributeValue | undefined;
  /** Undefined where there is none of them. */
  readonly values: readonly (AttributeValue | undefined)[] | undefined;
}

/** What its resource and its ledger say of a span. */
type Given = Pick<Shape, 'service' | 'step'>;

/** A table that holds more is not added to any more: names that tell requests apart would fill it. */
export const MAX_SHAPES = 4_096;
/** Spans of one name that are compared with each other. */
const MAX_NAMESAKES = 24;

/** Numbers spans by their shape: spans of one number look the same to whoever reads only what makes a shape. */
export class ShapeTable {
  #count = 0;
  readonly #byName = new Map<string, Shape[]>();

  /** The number of its shape; -1 for a span of which there are too many forms. Its attributes MUST answer to their current names. */
  numberOf(span: Span, given: Given): number {
    const namesakes = this.#byName.get(span.name);
    if (namesakes) {
      for (const shape of namesakes) if (isOfShape(span, shape, given)) return shape.number;
      if (namesakes.length === MAX_NAMESAKES) return -1;
    }
    return this.#add(span, namesakes, given);
  }

  /** True once a new one should take its place. */
  get isFull(): boolean {
    return this.#count >= MAX_SHAPES;
  }

  #add(span: Span, namesakes: Shape[] | undefined, { service, step }: Given): number {
    const { name, kind, status, attributes } = span;
    const number = this.#count++;
    const values = mayHaveAny(attributes) ? SHAPE_ATTRIBUTES.map((key) => attributes.get(key)) : undefined;
    const shape: Shape = { number, kind, status: status.code, service, step, values };
    if (namesakes) namesakes.push(shape);
    else this.#byName.set(name, [shape]);
    return number;
  }
}

function isOfShape({ kind, status, attributes }: Span, shape: Shape, { service, step }: Given): boolean {
  if (shape.step !== step || shape.service !== service || shape.kind !== kind || shape.status !== status.code) {
    return false;
  }
  return isSaid(attributes, shape.values);
}

/** Most spans have none of the attributes. */
function mayHaveAny({ initials = ANY_INITIAL }: Attributes): boolean {
  return (initials & SHAPE_INITIALS) !== 0;
}

function isSaid(attributes: Attributes, values: Shape['values']): boolean {
  if (!mayHaveAny(attributes)) return values === undefined;
  if (values === undefined) return false;
  for (let i = 0; i < SHAPE_ATTRIBUTES.length; i++) {
    if (attributes.get(SHAPE_ATTRIBUTES[i] as string) !== values[i]) return false;
  }
  return true;
}
