import { type BoltMap, BoltStructure, type BoltValue, boltMap, isBoltMap } from './bolt-value.js';
import type { BoltFailure } from './failure.js';

/** Requests by their tag on the wire. */
export const REQUEST_TAGS = {
  1: 'HELLO',
  2: 'GOODBYE',
  15: 'RESET',
  16: 'RUN',
  17: 'BEGIN',
  18: 'COMMIT',
  19: 'ROLLBACK',
  47: 'DISCARD',
  63: 'PULL',
  84: 'TELEMETRY',
  102: 'ROUTE',
  106: 'LOGON',
  107: 'LOGOFF',
} as const;
export type RequestName = (typeof REQUEST_TAGS)[keyof typeof REQUEST_TAGS];

export interface BoltRequest {
  readonly name: RequestName;
  readonly fields: readonly BoltValue[];
}

/** Undefined for what is no request of ours. */
export function toRequest(value: BoltValue): BoltRequest | undefined {
  if (!(value instanceof BoltStructure) || !(value.tag in REQUEST_TAGS)) return undefined;
  return { name: REQUEST_TAGS[value.tag as keyof typeof REQUEST_TAGS], fields: value.fields };
}

const NOTHING: BoltMap = new Map();

/** The map at that place of the request; an empty one when there is none. */
export function mapField({ fields }: BoltRequest, index: number): BoltMap {
  const field = fields[index];
  return isBoltMap(field) ? field : NOTHING;
}

export function success(metadata: Readonly<Record<string, BoltValue | undefined>> = {}): BoltStructure {
  return new BoltStructure(0x70, [boltMap(metadata)]);
}

export function successOf(metadata: BoltMap): BoltStructure {
  return new BoltStructure(0x70, [metadata]);
}

export function record(values: readonly BoltValue[]): BoltStructure {
  return new BoltStructure(0x71, [values]);
}

export const IGNORED = new BoltStructure(0x7e, []);

export function failure({ code, message }: BoltFailure): BoltStructure {
  return new BoltStructure(0x7f, [boltMap({ code, message })]);
}
