/**
 * The seeds of one property. PROPERTY_SYSTEMS asks for another number of systems than the usual one, PROPERTY_FIRST_SEED for others
 * than those that every run tries.
 */
export function* seeds(usualCount: number): Iterable<number> {
  const first = Number(process.env['PROPERTY_FIRST_SEED'] ?? 1);
  const count = Number(process.env['PROPERTY_SYSTEMS'] ?? usualCount);
  for (let seed = first; seed < first + count; seed++) yield seed;
}
