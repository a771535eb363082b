import type { AttributeValue } from '../../src/model/index.js';
import { WIRE, type WireReader } from './wire-reader.js';

/**
 * Reads OTLP's AnyValue. A field that occurs again replaces the value, but lists merge with a list before them, as protobuf
 * asks of sub-messages.
 */
export class AnyValueState {
  value: AttributeValue = null;
  #list: AttributeValue[] | undefined;
  #map: Record<string, AttributeValue> | undefined;

  read(reader: WireReader, depth: number): void {
    while (reader.nextField()) {
      if (reader.is(1, WIRE.bytes)) this.#set(reader.string());
      else if (reader.is(2, WIRE.varint)) this.#set(reader.bool());
      else if (reader.is(3, WIRE.varint)) this.#set(reader.int64());
      else if (reader.is(4, WIRE.fixed64)) this.#set(reader.double());
      else if (reader.is(7, WIRE.bytes)) this.#set(reader.view());
      else if (reader.is(5, WIRE.bytes)) this.#readList(reader.message(depth + 1), depth + 1);
      else if (reader.is(6, WIRE.bytes)) this.#readMap(reader.message(depth + 1), depth + 1);
      else reader.skip();
    }
  }

  #set(value: AttributeValue): void {
    this.#list = undefined;
    this.#map = undefined;
    this.value = value;
  }

  #readList(reader: WireReader, depth: number): void {
    if (!this.#list) {
      const list: AttributeValue[] = [];
      this.#set(list);
      this.#list = list;
    }
    while (reader.nextField()) {
      if (reader.is(1, WIRE.bytes)) this.#list.push(readAnyValue(reader.message(depth + 1), depth + 1));
      else reader.skip();
    }
  }

  #readMap(reader: WireReader, depth: number): void {
    if (!this.#map) {
      const map = emptyMap();
      this.#set(map);
      this.#map = map;
    }
    while (reader.nextField()) {
      if (!reader.is(1, WIRE.bytes)) {
        reader.skip();
        continue;
      }
      const { key, value } = readKeyValue(reader.message(depth + 1), depth + 1);
      if (!(key in this.#map)) this.#map[key] = value;
    }
  }
}

/** Without a prototype, so that a key named `__proto__` is a key like any other. */
export function emptyMap(): Record<string, AttributeValue> {
  return Object.create(null) as Record<string, AttributeValue>;
}

export function readAnyValue(reader: WireReader, depth: number): AttributeValue {
  const state = new AnyValueState();
  state.read(reader, depth);
  return state.value;
}

export function readKeyValue(
  reader: WireReader,
  depth: number,
): { readonly key: string; readonly value: AttributeValue } {
  let key = '';
  const state = new AnyValueState();
  while (reader.nextField()) {
    if (reader.is(1, WIRE.bytes)) key = reader.string();
    else if (reader.is(2, WIRE.bytes)) state.read(reader.message(depth + 1), depth + 1);
    else reader.skip();
  }
  return { key, value: state.value };
}

/**
 * Walks a KeyValue without making a value, so that a body is refused when it comes in and not when somebody reads a key. Gives the key; of several the last
 * counts, as for any scalar field.
 */
export function checkKeyValue(reader: WireReader, depth: number): string {
  let key = '';
  while (reader.nextField()) {
    if (reader.is(1, WIRE.bytes)) key = reader.string();
    else if (reader.is(2, WIRE.bytes)) checkAnyValue(reader.message(depth + 1), depth + 1);
    else reader.skip();
  }
  return key;
}

function checkAnyValue(reader: WireReader, depth: number): void {
  while (reader.nextField()) {
    if (reader.is(1, WIRE.bytes)) reader.skipText();
    else if (reader.is(5, WIRE.bytes)) checkItems(reader.message(depth + 1), depth + 1, checkAnyValue);
    else if (reader.is(6, WIRE.bytes)) checkItems(reader.message(depth + 1), depth + 1, checkKeyValue);
    else reader.skip();
  }
}

function checkItems(reader: WireReader, depth: number, check: (item: WireReader, depth: number) => void): void {
  while (reader.nextField()) {
    if (reader.is(1, WIRE.bytes)) check(reader.message(depth + 1), depth + 1);
    else reader.skip();
  }
}
