import type { BrokerState, Call } from '../broker-state.js';
import type { ValueOf } from '../codec/field.js';
import type { ApiName, ApiTable } from '../protocol/api-table.js';

export type RequestOf<A extends ApiName> = ValueOf<ApiTable[A]['request']>;
export type ResponseOf<A extends ApiName> = ValueOf<ApiTable[A]['response']>;

/** Answers one request, at once or when what it waits for has happened. */
export type Handler<A extends ApiName> = (
  state: BrokerState,
  request: RequestOf<A>,
  call: Call,
) => ResponseOf<A> | Promise<ResponseOf<A>>;
