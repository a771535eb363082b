/** The services that the launcher knows. */
export const SERVICE_NAMES = ['redis', 'kafka', 'neo4j'] as const;

export type ServiceName = (typeof SERVICE_NAMES)[number];

export type Command = readonly [string, ...string[]];

/** Everything about how one service is started, as plain data: paths, files, commands, and the words by which it says that it is ready. */
export interface ServicePlan {
  readonly name: ServiceName;
  /** Every port it opens, all on 127.0.0.1. */
  readonly ports: readonly number[];
  /** Files to write before anything runs, by path relative to the service's folder. */
  readonly files: Readonly<Record<string, string>>;
  /** Commands that run to their end before the start. */
  readonly preparation: readonly Command[];
  /** For the preparation and for the service itself. */
  readonly processEnvironment: Readonly<Record<string, string>>;
  readonly command: Command;
  /** The log that says when it is ready; relative to the service's folder. */
  readonly readyLog: string;
  readonly readyText: string;
  /** What its users must know: the variables that Tracecourt and the tests read. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Where what a service prints goes; relative to the service's folder. */
export const OUTPUT_LOG = 'output.log';

export interface ServicePorts {
  readonly redis: number;
  readonly kafka: number;
  readonly kafkaController: number;
  readonly neo4j: number;
}

/** What the plans depend on; the same values give the same plan. */
export interface PlanContext {
  /** The folder of this service's data, configuration and logs. */
  readonly home: string;
  /** Where the jars are: `kafka/lib` and `neo4j/lib`. */
  readonly libraries: string;
  readonly ports: ServicePorts;
  /** Neo4j's password. */
  readonly password: string;
  /** Kafka's cluster id: 22 characters of URL-safe base64, 16 bytes. */
  readonly clusterId: string;
}
