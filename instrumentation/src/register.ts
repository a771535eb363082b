/**
 * `node --import @tracecourt/instrumentation/register app.js`: tracing without a change to the code.
 *
 * What has ended is sent when the event loop runs dry, and on SIGTERM and SIGINT. A program that calls `process.exit()` waits
 * for `currentTracing()?.flush()` first.
 */
import { currentTracing, startTracing } from './start-tracing.js';

const FLUSH_ON_SIGNAL_MS = 1000;

startTracing();
process.on('beforeExit', () => void currentTracing()?.flush());
for (const signal of ['SIGTERM', 'SIGINT'] as const) flushOn(signal);

/** A signal that nobody else handles still ends the process as it would have; a second one does so at once. */
function flushOn(signal: NodeJS.Signals): void {
  const handle = () => {
    const alone = process.listenerCount(signal) === 1;
    const flushed = currentTracing()?.flush();
    if (!alone) return;
    process.removeListener(signal, handle);
    const enough = new Promise((resolve) => setTimeout(resolve, FLUSH_ON_SIGNAL_MS));
    void Promise.race([flushed, enough]).then(() => process.kill(process.pid, signal));
  };
  process.on(signal, handle);
}
