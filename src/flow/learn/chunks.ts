import { isBefore, type Part } from './seen-request.js';

/** Members of one part; a chunk is over before the next one begins. */
export type Chunk = readonly number[];

/** The finest cut of a part into chunks, each certainly before the next. */
export function chunksOf(part: Part): readonly Chunk[] {
  const ranked = byEarlier(part);
  const chunks: Chunk[] = [];
  let open: number[] = [];
  // Of all from here on, the first place that one of them has not certainly behind it: no chunk begins between the two.
  let reach = ranked.length;
  for (let place = ranked.length - 1; place >= 0; place--) {
    const member = ranked[place] ?? 0;
    open.unshift(member);
    reach = Math.min(
      reach,
      ranked.findIndex((other, i) => i >= place || !isBefore(part, other, member)),
    );
    if (reach < place) continue;
    chunks.unshift(open);
    open = [];
  }
  return chunks;
}

/** By how many of the part are certainly before them. */
function byEarlier(part: Part): readonly number[] {
  const earlier = (member: number): number =>
    part.members.reduce((sum, other) => sum + (isBefore(part, other, member) ? 1 : 0), 0);
  const ranks = new Map(part.members.map((member) => [member, earlier(member)]));
  return [...part.members].sort((a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0) || a - b);
}

/** Members that no order ties to those outside: what went on side by side. */
export function strandsOf(part: Part): readonly Chunk[] {
  const left = new Set(part.members);
  const strands: Chunk[] = [];
  for (const seed of part.members) {
    if (!left.delete(seed)) continue;
    const strand = [seed];
    for (const member of strand) {
      for (const other of left) {
        if (!isBefore(part, member, other) && !isBefore(part, other, member)) continue;
        left.delete(other);
        strand.push(other);
      }
    }
    strands.push(strand);
  }
  return strands;
}
