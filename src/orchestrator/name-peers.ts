import type { AssembledRequest } from '../model/index.js';

/** Which service of the system under test serves at an address, `127.0.0.1:4711`. */
export type AddressBook = ReadonlyMap<string, string>;

/** What a service said of itself when it got ready. */
export interface ServedAddress {
  readonly service: string;
  readonly http: string | undefined;
}

export function addressBook(services: readonly ServedAddress[]): AddressBook {
  const known = services.filter(({ http }) => http !== undefined && URL.canParse(http));
  return new Map(known.map(({ service, http = '' }) => [new URL(http).host, service]));
}

/** A sender knows the address it called; people know the service that was started there. */
export function namePeers(request: AssembledRequest, book: AddressBook): AssembledRequest {
  if (request.accounting.unsettled.length === 0) return request;
  const unsettled = request.accounting.unsettled.map((handoff) => ({
    ...handoff,
    peer: book.get(handoff.peer) ?? handoff.peer,
  }));
  return { ...request, accounting: { ...request.accounting, unsettled } };
}
