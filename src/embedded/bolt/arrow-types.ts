/**
 * Types of a result's columns, from the schema message of an Arrow IPC stream.
 *
 * The engine's rows hold JavaScript numbers, in which an integer 2 and a float 2.0 are the same; its Arrow form keeps the
 * type. Only the schema is read, the rows come the usual way.
 *
 * Source: Arrow columnar format 1.x, Schema.fbs and Message.fbs; the encoding is flatbuffers.
 */
export interface ArrowType {
  readonly name: string;
  readonly kind: ArrowKind;
  readonly children: readonly ArrowType[];
}

const KINDS = [
  'none',
  'null',
  'int',
  'float',
  'binary',
  'utf8',
  'bool',
  'decimal',
  'date',
  'time',
  'timestamp',
  'interval',
  'list',
  'struct',
] as const;
export type ArrowKind = (typeof KINDS)[number];

const SCHEMA_MESSAGE = 1;
const CONTINUATION = 0xffffffff;

/** Throws RangeError when the bytes are no Arrow IPC stream. */
export function readArrowTypes(stream: Buffer): readonly ArrowType[] {
  const at = stream.readUInt32LE(0) === CONTINUATION ? 8 : 4;
  const message = new Table(stream, at + stream.readUInt32LE(at));
  if (message.byte(1) !== SCHEMA_MESSAGE) throw new RangeError('The stream does not start with a schema.');
  return message.table(2)?.tables(1).map(toType) ?? [];
}

function toType(field: Table): ArrowType {
  const kind = KINDS[field.byte(2)] ?? 'none';
  return { name: field.text(0), kind, children: field.tables(5).map(toType) };
}

/** A flatbuffers table: fields by number, found through its vtable. */
class Table {
  readonly #bytes: Buffer;
  readonly #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  byte(field: number): number {
    const at = this.#find(field);
    return at === undefined ? 0 : this.#bytes.readUInt8(at);
  }

  table(field: number): Table | undefined {
    const at = this.#follow(field);
    return at === undefined ? undefined : new Table(this.#bytes, at);
  }

  tables(field: number): readonly Table[] {
    const at = this.#follow(field);
    if (at === undefined) return [];
    return Array.from({ length: this.#bytes.readUInt32LE(at) }, (_, i) => {
      const entry = at + 4 + 4 * i;
      return new Table(this.#bytes, entry + this.#bytes.readUInt32LE(entry));
    });
  }

  text(field: number): string {
    const at = this.#follow(field);
    if (at === undefined) return '';
    return this.#bytes.toString('utf8', at + 4, at + 4 + this.#bytes.readUInt32LE(at));
  }

  #follow(field: number): number | undefined {
    const at = this.#find(field);
    return at === undefined ? undefined : at + this.#bytes.readUInt32LE(at);
  }

  #find(field: number): number | undefined {
    const vtable = this.#at - this.#bytes.readInt32LE(this.#at);
    const slot = 4 + 2 * field;
    if (slot >= this.#bytes.readUInt16LE(vtable)) return undefined;
    const offset = this.#bytes.readUInt16LE(vtable + slot);
    return offset === 0 ? undefined : this.#at + offset;
  }
}
