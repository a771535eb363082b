import type { Knock } from '../lib/knock.js';
import type { StoreFailure } from '../model/index.js';
import type { Greeting } from './greeting.js';

/** An address where a store is expected. */
export interface Place {
  readonly host: string;
  readonly port: number;
  /** As failures name it; never with a password. */
  readonly address: string;
  /** `any`: whatever its certificate. */
  readonly tls: 'none' | 'trusted' | 'any';
  readonly expected: Expected;
}

/** Who is expected there, with the words for telling somebody what to do. */
export interface Expected {
  readonly product: string;
  readonly greeting: Greeting;
  /** The variable that holds the address. */
  readonly setting: string;
  /** How to ask for TLS, and how to do without. */
  readonly withTls: string;
  readonly withoutTls: string;
}

/** What a greeting at an address came to. */
export interface Meeting {
  readonly greeting: Greeting;
  readonly tls: boolean;
  readonly knock: Knock;
}

/** Whether the expected kind of server is there. */
export type Look =
  | { readonly status: 'there'; readonly answer: Buffer }
  | { readonly status: 'not-there'; readonly failure: StoreFailure };
