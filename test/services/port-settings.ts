import { LauncherError } from './launcher-error.js';
import { freePorts } from './ports.js';
import type { ServicePorts } from './service-plan.js';

/** Where `up` puts the services: off the usual ports, which somebody may need for servers of their own. */
const DEFAULTS: ServicePorts = { redis: 16379, kafka: 19092, kafkaController: 19093, neo4j: 17687 };

const VARIABLES: Readonly<Record<keyof ServicePorts, string>> = {
  redis: 'TRACECOURT_REDIS_PORT',
  kafka: 'TRACECOURT_KAFKA_PORT',
  kafkaController: 'TRACECOURT_KAFKA_CONTROLLER_PORT',
  neo4j: 'TRACECOURT_NEO4J_PORT',
};

/** The ports for `up`: fixed, so that addresses stay the same from one start to the next; the environment may move each. */
export function fixedPorts(environment: NodeJS.ProcessEnv): ServicePorts {
  const port = (name: keyof ServicePorts) => portOf(VARIABLES[name], environment[VARIABLES[name]]) ?? DEFAULTS[name];
  return {
    redis: port('redis'),
    kafka: port('kafka'),
    kafkaController: port('kafkaController'),
    neo4j: port('neo4j'),
  };
}

/** Ports that nobody uses at this moment. */
export async function anyPorts(): Promise<ServicePorts> {
  const [redis = 0, kafka = 0, kafkaController = 0, neo4j = 0] = await freePorts(4);
  return { redis, kafka, kafkaController, neo4j };
}

function portOf(variable: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const port = /^\d+$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535)
    throw new LauncherError(`${variable}="${text}" is not a port: expected a number from 1 to 65535.`);
  return port;
}
