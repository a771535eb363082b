import { isBefore, type Part } from './seen-request.js';

/** Members of one part; a chunk is over before the next one begins. */
export type Chunk = readonly number[];

/** The finest cut of a part into chunks, each certainly before the next. */
export function chunksOf(part: Part): readonly Chunk[] {
  const earlier = (member: number): number =>
    part.members.reduce((sum, other) => sum + (isBefore(part, other, member) ? 1 : 0), 0);
  const ranked = part.members.map((member) => ({ member, rank: earlier(member) })).sort((a, b) => a.rank - b.rank);
  const chunks: Chunk[] = [];
  let open: number[] = [];
  ranked.forEach(({ member, rank }, i) => {
    // With all that went before ahead of it, and of all that is to come, a chunk may begin.
    if (
      rank >= i &&
      ranked.slice(i).every((later) => ranked.slice(0, i).every((e) => isBefore(part, e.member, later.member)))
    ) {
      if (open.length > 0) chunks.push(open);
      open = [];
    }
    open.push(member);
  });
  if (open.length > 0) chunks.push(open);
  return chunks;
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
