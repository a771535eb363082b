import { BoltStructure, type BoltValue, isBoltList, isBoltMap } from './bolt-value.js';

/** The PackStream bytes of a value, in its shortest form. Throws RangeError for integers outside 64 bits. */
export function encodePackStream(value: BoltValue): Buffer {
  const parts: Buffer[] = [];
  put(value, parts);
  return Buffer.concat(parts);
}

function put(value: BoltValue, parts: Buffer[]): void {
  if (value === null) parts.push(Buffer.of(0xc0));
  else if (typeof value === 'boolean') parts.push(Buffer.of(value ? 0xc3 : 0xc2));
  else if (typeof value === 'bigint') parts.push(integer(value));
  else if (typeof value === 'number') parts.push(float(value));
  else if (typeof value === 'string') putText(value, parts);
  else if (value instanceof Uint8Array) parts.push(bytesHead(value.length), Buffer.from(value));
  else if (value instanceof BoltStructure) putStructure(value, parts);
  else if (isBoltMap(value)) putMap(value, parts);
  else if (isBoltList(value)) putList(value, parts);
}

function integer(value: bigint): Buffer {
  if (value >= -16n && value <= 127n) return Buffer.of(Number(value) & 0xff);
  if (value >= -0x80n && value < 0x80n) return Buffer.of(0xc8, Number(value) & 0xff);
  if (value >= -0x8000n && value < 0x8000n) return marked(0xc9, 2, (to) => to.writeInt16BE(Number(value), 1));
  if (value >= -0x80000000n && value < 0x80000000n) return marked(0xca, 4, (to) => to.writeInt32BE(Number(value), 1));
  return marked(0xcb, 8, (to) => to.writeBigInt64BE(value, 1));
}

function float(value: number): Buffer {
  return marked(0xc1, 8, (to) => to.writeDoubleBE(value, 1));
}

function marked(marker: number, size: number, write: (to: Buffer) => void): Buffer {
  const buffer = Buffer.alloc(1 + size);
  buffer[0] = marker;
  write(buffer);
  return buffer;
}

function putText(text: string, parts: Buffer[]): void {
  const bytes = Buffer.from(text, 'utf8');
  parts.push(head(bytes.length, { tiny: 0x80, small: 0xd0 }), bytes);
}

function putList(list: readonly BoltValue[], parts: Buffer[]): void {
  parts.push(head(list.length, { tiny: 0x90, small: 0xd4 }));
  for (const item of list) put(item, parts);
}

function putMap(map: ReadonlyMap<string, BoltValue>, parts: Buffer[]): void {
  parts.push(head(map.size, { tiny: 0xa0, small: 0xd8 }));
  for (const [key, item] of map) {
    putText(key, parts);
    put(item, parts);
  }
}

function putStructure({ tag, fields }: BoltStructure, parts: Buffer[]): void {
  if (fields.length > 15) throw new RangeError('A structure has at most 15 fields.');
  parts.push(Buffer.of(0xb0 | fields.length, tag));
  for (const field of fields) put(field, parts);
}

/** `small` is the marker for a one-byte size; the two- and four-byte ones follow it. */
function head(size: number, { tiny, small }: { readonly tiny: number; readonly small: number }): Buffer {
  return size < 16 ? Buffer.of(tiny | size) : sized(small, size);
}

function bytesHead(size: number): Buffer {
  return sized(0xcc, size);
}

function sized(small: number, size: number): Buffer {
  if (size < 0x100) return Buffer.of(small, size);
  if (size < 0x10000) return marked(small + 1, 2, (to) => to.writeUInt16BE(size, 1));
  return marked(small + 2, 4, (to) => to.writeUInt32BE(size, 1));
}
