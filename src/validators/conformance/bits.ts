/** Rows of bits in one array: `words` words a row. */
export interface BitRows {
  readonly words: number;
  readonly bits: Int32Array;
}

export function emptyRows(rows: number, columns: number): BitRows {
  const words = (columns + 31) >>> 5;
  return { words, bits: new Int32Array(rows * words) };
}

export function copyRows({ words, bits }: BitRows): BitRows {
  return { words, bits: bits.slice() };
}

export function hasBit({ words, bits }: BitRows, row: number, column: number): boolean {
  return (((bits[row * words + (column >>> 5)] as number) >>> (column & 31)) & 1) === 1;
}

export function setBit({ words, bits }: BitRows, row: number, column: number): void {
  const at = row * words + (column >>> 5);
  bits[at] = (bits[at] as number) | (1 << (column & 31));
}

/** Adds the bits of a row to those of another. */
export function addRow(to: BitRows, toRow: number, from: BitRows, fromRow: number): void {
  const { words } = to;
  const [target, source] = [toRow * words, fromRow * words];
  for (let w = 0; w < words; w++) {
    to.bits[target + w] = (to.bits[target + w] as number) | (from.bits[source + w] as number);
  }
}

/** True if each bit of the one row is in the other. */
export function isWithin(inner: BitRows, innerRow: number, outer: BitRows, outerRow: number): boolean {
  const { words } = inner;
  const [from, to] = [innerRow * words, outerRow * words];
  for (let w = 0; w < words; w++) {
    if (((inner.bits[from + w] as number) & ~(outer.bits[to + w] as number)) !== 0) return false;
  }
  return true;
}

/** The columns of a row's bits, ascending. */
export function columnsOf({ words, bits }: BitRows, row: number): readonly number[] {
  const columns: number[] = [];
  for (let w = 0; w < words; w++) {
    for (let word = bits[row * words + w] as number; word !== 0; word &= word - 1) {
      columns.push((w << 5) + 31 - Math.clz32(word & -word));
    }
  }
  return columns;
}

export function countBits(rows: BitRows, row: number): number {
  return countCommon(rows, row, rows, row);
}

/** How many bits two rows have in common. */
export function countCommon(a: BitRows, aRow: number, b: BitRows, bRow: number): number {
  let count = 0;
  for (let w = 0; w < a.words; w++) {
    count += bitsIn((a.bits[aRow * a.words + w] as number) & (b.bits[bRow * b.words + w] as number));
  }
  return count;
}

/** Adds up neighbouring bits, then pairs, then fours, and so on. */
function bitsIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** How many bits of a row lie in columns from `from` up to, and without, `to`. */
export function countRange(
  { words, bits }: BitRows,
  row: number,
  { from, to }: { readonly from: number; readonly to: number },
): number {
  let count = 0;
  if (from < to) {
    for (let w = from >>> 5; w <= (to - 1) >>> 5; w++)
      count += bitsIn((bits[row * words + w] as number) & wordMask(w, from, to));
  }
  return count;
}

/** The bits of a word that lie from `from` up to, and without, `to`. */
export function wordMask(word: number, from: number, to: number): number {
  const low = word === from >>> 5 ? -1 << (from & 31) : -1;
  const high = word === (to - 1) >>> 5 ? -1 >>> (31 - ((to - 1) & 31)) : -1;
  return low & high;
}
