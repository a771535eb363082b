/** A started server of ours, listening on loopback. Disposing closes its sockets and forgets its data. */
export interface EmbeddedServer extends AsyncDisposable {
  /** `bolt://127.0.0.1:PORT`, `redis://127.0.0.1:PORT`, or `127.0.0.1:PORT` for Kafka. */
  readonly url: string;
  readonly port: number;
}

export interface EmbeddedServerOptions {
  /** Default 0: any free port. */
  readonly port?: number;
}

/** What our servers call themselves, in every handshake that asks. */
export const EMBEDDED_PRODUCT = 'tracecourt-embedded';
