import { TracecourtError } from '../errors.js';
import { portHolder } from '../lib/port-holder.js';
import { Teardown } from '../lib/teardown.js';
import {
  type EmbeddedPorts,
  type MissingStores,
  type StoreAddresses,
  startMissingStores,
  storeEnvironment,
} from './open-stores.js';
import { type CollectorListeners, type CollectorSettings, runCollector } from './run-collector.js';

export interface UpOptions extends CollectorListeners {
  readonly collector: CollectorSettings;
  /** The stores' addresses, or the ports for servers of ours in their place. */
  readonly stores: StoreAddresses | EmbeddedPorts;
  /** Hears of what does not stop as it should. */
  readonly onTrouble: (message: string) => void;
}

/** A collector, and what a service has to know; the stores with it if they are ours. */
export interface Up extends AsyncDisposable {
  readonly collector: string;
  readonly stores: StoreAddresses;
  /** What a service needs in its environment to find all of it. */
  readonly environment: Readonly<Record<string, string>>;
}

const STOP_DEADLINE_MS = 8_000;
const NO_STORES: StoreAddresses = {
  neo4jUrl: undefined,
  neo4jUser: undefined,
  neo4jPassword: undefined,
  redisUrl: undefined,
  kafkaBrokers: undefined,
};

/**
 * Starts the stores, if they are to be ours, then the collector. Disposing stops it in the reverse order; nothing is left when
 * it throws: TracecourtError `port-in-use` names who holds the port.
 */
export async function bringUp({ collector: settings, stores: wanted, ...heard }: UpOptions): Promise<Up> {
  const teardown = new Teardown({ deadlineMs: STOP_DEADLINE_MS, onTrouble: heard.onTrouble });
  try {
    const stores = 'neo4jUrl' in wanted ? wanted : await startOurs(wanted, { teardown, onTrouble: heard.onTrouble });
    const port = { port: settings.http.port, flag: '--port' };
    const collector = teardown.use('the collector', await claiming(port, () => runCollector(settings, heard)));
    const environment = { ...exporterEnvironment(collector.address), ...storeEnvironment(stores) };
    return {
      collector: collector.address,
      stores,
      environment,
      [Symbol.asyncDispose]: () => teardown[Symbol.asyncDispose](),
    };
  } catch (error) {
    await teardown[Symbol.asyncDispose]();
    throw error;
  }
}

/** An error names the port that is taken. */
function startOurs(
  ports: EmbeddedPorts,
  stops: Pick<MissingStores, 'teardown' | 'onTrouble'>,
): Promise<StoreAddresses> {
  return startMissingStores(NO_STORES, {
    ...stops,
    ports,
    around: (store, start) => claiming({ port: ports[store], flag: `--embedded-${store}-port` }, start),
  });
}

function exporterEnvironment(collector: string): Readonly<Record<string, string>> {
  // Many SDKs would speak gRPC unless told.
  return { OTEL_EXPORTER_OTLP_ENDPOINT: collector, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' };
}

interface Claim {
  readonly port: number;
  readonly flag: string;
}

async function claiming<T>({ port, flag }: Claim, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (cause) {
    const instead = `choose another port with ${flag} (${flag} 0 takes any free one)`;
    if (cause instanceof TracecourtError && cause.code === 'port-in-use') {
      const holder = await portHolder(port);
      const who =
        holder === undefined ? 'who holds it cannot be seen' : `${holder.name} holds it (process ${holder.pid})`;
      throw new TracecourtError('port-in-use', `Port ${port} of 127.0.0.1 is taken: ${who}.`, {
        nextStep: `Stop it, or ${instead}.`,
        cause,
      });
    }
    if ((cause as NodeJS.ErrnoException).code !== 'EACCES') throw cause;
    const nextStep = `${instead.charAt(0).toUpperCase()}${instead.slice(1)}.`;
    throw new TracecourtError('invalid-config', `Port ${port} may not be used by this user.`, { nextStep, cause });
  }
}
