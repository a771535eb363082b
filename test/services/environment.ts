import { SERVICE_NAMES, type ServiceName } from './service-plan.js';

type Variables = Readonly<Record<string, string | undefined>>;

/** The variable that says where a service is. */
const ADDRESS: Readonly<Record<ServiceName, string>> = {
  redis: 'REDIS_URL',
  kafka: 'KAFKA_BROKERS',
  neo4j: 'NEO4J_URL',
};

/** The services whose address the environment does not give: only these are started. */
export function servicesWithoutAddress(environment: Variables): readonly ServiceName[] {
  return SERVICE_NAMES.filter((name) => !environment[ADDRESS[name]]);
}

/** What all these services' users must know, together. */
export function environmentOf(
  services: readonly { readonly environment: Readonly<Record<string, string>> }[],
): Readonly<Record<string, string>> {
  return Object.assign({}, ...services.map(({ environment }) => environment)) as Record<string, string>;
}

/** One `NAME=value` a line, in the order of the names. No value holds a blank, so `export $(…)` takes them as they are. */
export function environmentLines(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
