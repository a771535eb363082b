import type { FindingCode } from './finding.js';
import type { Outcome, UnknownReasonCode } from './verdict.js';

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

/**
 * How a system under test is told to misbehave, so that one can see the verdict notice: names of planted defects in one
 * baggage entry, joined by `+`. Only the sender and the services read it; the judging side never learns the names.
 */
export interface DefectChannel {
  readonly baggage: string;
  readonly known: readonly PlantedDefect[];
  /** Pairs in which one defect hides the other's finding, or keeps it from happening. */
  readonly pairs: readonly DefectPair[];
}

/** A finding as a scenario names it; what it does not name may be anything. */
export interface ExpectedFinding {
  readonly code: FindingCode;
  /** Undefined: the finding is about the request as a whole. */
  readonly step: string | undefined;
  /** Undefined: whichever. */
  readonly service: string | undefined;
}

/** What a defect must lead to when it is the only one. */
export interface PlantedDefect {
  readonly name: string;
  readonly verdict: Outcome;
  /** The first finding; undefined where the verdict is unknown. */
  readonly finding: ExpectedFinding | undefined;
  /** The first reason; undefined where the verdict is fail. */
  readonly reason: { readonly code: UnknownReasonCode; readonly service: string | undefined } | undefined;
}

export interface DefectPair {
  readonly of: readonly [string, string];
  /** The ones of the two whose finding is not to be seen. */
  readonly hidden: readonly string[];
  readonly because: string;
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
