/** Items from `start` to `stop`, both included, negative ones counted from the end; clamped to what is there, as in Redis. */
export function sliceOf<T>(items: readonly T[], start: number, stop: number): readonly T[] {
  const first = Math.max(0, start < 0 ? items.length + start : start);
  const last = stop < 0 ? items.length + stop : stop;
  return last < first ? [] : items.slice(first, last + 1);
}
