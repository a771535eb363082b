/** A scenario after loading: what to start, what to send, which flow it must follow. Paths are absolute, durations in milliseconds. */
export interface TestScenario {
  readonly version: 1;
  readonly name: string;
  readonly file: string;
  /** The flow's file. */
  readonly flow: string;
  /** The system under test, in the order of starting. */
  readonly start: readonly ServiceStart[];
  /** Health endpoints that must answer before the first request: name → URL. */
  readonly health: Readonly<Record<string, string>>;
  readonly requests: readonly ScenarioRequest[];
  readonly timeouts: ScenarioTimeouts;
  /** How planted defects travel with a request; undefined: this system has none. */
  readonly defects: DefectChannel | undefined;
}

/** Planted defects are named in one baggage entry, joined by `+`. Only the sender and the services read it. */
export interface DefectChannel {
  readonly baggage: string;
  readonly known: readonly string[];
}

/**
 * One process of the system under test. It MUST print a line `{"ready":true,…}` on standard output when it serves, and
 * MUST exit when its standard input closes.
 */
export interface ServiceStart {
  readonly name: string;
  /** argv; no shell. `node` stands for the running Node. */
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Keyed by the kind of trigger. */
export interface ScenarioRequest {
  readonly name: string;
  readonly http: HttpTrigger;
}

export interface HttpTrigger {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Status codes that count as answered as expected. */
  readonly status: readonly number[];
}

export interface ScenarioTimeouts {
  /** For one service to become ready. */
  readonly startMs: number;
  /** For one request to complete. */
  readonly requestMs: number;
  /** Quiet time that ends a request without proof. */
  readonly quietMs: number;
}
