/** Where an order holds steps or other orders. */
const HOLDERS: readonly string[] = [
  'sequence',
  'parallel',
  'choice',
  'any-of',
  'any-order',
  'optional',
  'repeat',
  'of',
  'step',
  'under',
  'between',
  'then',
  'else',
  'inside',
];

/** The steps that orders of a flow file speak of; of a map of named orders or steps, those in its values. */
export function stepNames(parts: readonly unknown[]): readonly string[] {
  const [order, ...named] = parts;
  const inNamed = named.flatMap((map) => Object.values((map ?? {}) as object));
  return [...new Set([order, ...inNamed].flatMap(namesIn))];
}

function namesIn(order: unknown): readonly string[] {
  if (typeof order === 'string') return [order];
  if (Array.isArray(order)) return order.flatMap(namesIn);
  if (typeof order !== 'object' || order === null) return [];
  return Object.entries(order).flatMap(([key, part]) => (HOLDERS.includes(key) ? namesIn(part) : []));
}
