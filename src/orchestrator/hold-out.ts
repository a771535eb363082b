/**
 * Every n-th of these is held out. Which these are depends on their ids alone, not on the order in which they come: a share of a pattern that repeats would
 * be the same part of it each time.
 */
export function holdOut<T extends { readonly requestId: string }>(
  requests: readonly T[],
  n: number | undefined,
): { readonly kept: readonly T[]; readonly held: readonly T[] } {
  if (n === undefined) return { kept: requests, held: [] };
  const mixed = [...requests].sort((a, b) => mixedUp(a.requestId) - mixedUp(b.requestId));
  const held = new Set(mixed.filter((_, i) => i % n === n - 1));
  return { kept: requests.filter((each) => !held.has(each)), held: requests.filter((each) => held.has(each)) };
}

/** FNV-1a, 32 bits, with its high bits stirred into the low ones. */
function mixedUp(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
}
