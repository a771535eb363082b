import { startTracing } from '@tracecourt/instrumentation';

/** Loaded before gateway.js: here requests come in, and those that have no id get one. */
startTracing({ assignRequestIds: true });
