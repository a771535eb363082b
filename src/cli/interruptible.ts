/**
 * Runs `work` with a signal that the first Ctrl-C (or SIGTERM, or a reader of our output that goes away) aborts, so that it
 * can stop cleanly. The second one exits at
 * once; started processes then end by themselves, for their standard input closes with us.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(130);
    console.error('Stopping; press Ctrl-C again to exit at once.');
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const onClosedPipe = () => controller.abort();
  process.stdout.on('error', onClosedPipe);
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    process.stdout.off('error', onClosedPipe);
  }
}
