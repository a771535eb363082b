/**
 * The seeds of one property: from `first` on, so that no two properties try the same systems. PROPERTY_SYSTEMS asks for another
 * number than the usual one, PROPERTY_SEED_SHIFT for other seeds than those of every run.
 */
export function* seeds(first: number, usualCount: number): Iterable<number> {
  const begin = first + Number(process.env['PROPERTY_SEED_SHIFT'] ?? 0);
  const count = Number(process.env['PROPERTY_SYSTEMS'] ?? usualCount);
  for (let seed = begin; seed < begin + count; seed++) yield seed;
}
