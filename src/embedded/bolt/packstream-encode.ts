import { ByteWriter } from '../byte-writer.js';
import { BoltStructure, type BoltValue, isBoltList, isBoltMap } from './bolt-value.js';

/** The PackStream bytes of a value, in its shortest form. Throws RangeError for integers outside 64 bits. */
export function encodePackStream(value: BoltValue): Buffer {
  const to = new ByteWriter();
  put(value, to);
  return to.finish();
}

function put(value: BoltValue, to: ByteWriter): void {
  if (value === null) to.uint8(0xc0);
  else if (typeof value === 'boolean') to.uint8(value ? 0xc3 : 0xc2);
  else if (typeof value === 'bigint') putInteger(value, to);
  else if (typeof value === 'number') putFloat(value, to);
  else if (typeof value === 'string') putText(value, to);
  else if (value instanceof Uint8Array) putBytes(value, to);
  else if (value instanceof BoltStructure) putStructure(value, to);
  else if (isBoltMap(value)) putMap(value, to);
  else if (isBoltList(value)) putList(value, to);
}

function putInteger(value: bigint, to: ByteWriter): void {
  if (value < -0x80000000n || value >= 0x80000000n) {
    to.uint8(0xcb);
    to.int64(value);
  } else putShortInteger(Number(value), to);
}

function putShortInteger(value: number, to: ByteWriter): void {
  if (value >= -0x10 && value <= 0x7f) to.int8(value);
  else if (value >= -0x80 && value < 0x80) {
    to.uint8(0xc8);
    to.int8(value);
  } else if (value >= -0x8000 && value < 0x8000) {
    to.uint8(0xc9);
    to.int16(value);
  } else {
    to.uint8(0xca);
    to.int32(value);
  }
}

function putFloat(value: number, to: ByteWriter): void {
  to.uint8(0xc1);
  to.float64(value);
}

function putText(text: string, to: ByteWriter): void {
  const length = Buffer.byteLength(text);
  putHead(length, { tiny: 0x80, small: 0xd0 }, to);
  to.text(text, length);
}

function putBytes(bytes: Uint8Array, to: ByteWriter): void {
  putSize(bytes.length, 0xcc, to);
  to.bytes(bytes);
}

function putList(list: readonly BoltValue[], to: ByteWriter): void {
  putHead(list.length, { tiny: 0x90, small: 0xd4 }, to);
  for (const item of list) put(item, to);
}

function putMap(map: ReadonlyMap<string, BoltValue>, to: ByteWriter): void {
  putHead(map.size, { tiny: 0xa0, small: 0xd8 }, to);
  for (const [key, item] of map) {
    putText(key, to);
    put(item, to);
  }
}

function putStructure({ tag, fields }: BoltStructure, to: ByteWriter): void {
  if (fields.length > 15) throw new RangeError('A structure has at most 15 fields.');
  to.uint8(0xb0 | fields.length);
  to.uint8(tag);
  for (const field of fields) put(field, to);
}

function putHead(
  size: number,
  { tiny, small }: { readonly tiny: number; readonly small: number },
  to: ByteWriter,
): void {
  if (size < 16) to.uint8(tiny | size);
  else putSize(size, small, to);
}

/** `small` is the marker for a one-byte size; the two- and four-byte ones follow it. */
function putSize(size: number, small: number, to: ByteWriter): void {
  if (size < 0x100) {
    to.uint8(small);
    to.uint8(size);
  } else if (size < 0x10000) {
    to.uint8(small + 1);
    to.uint16(size);
  } else {
    to.uint8(small + 2);
    to.uint32(size);
  }
}
