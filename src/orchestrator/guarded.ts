/**
 * Does what is to be done about one request. Where that fails, by a defect of ours, the process is warned and lives: no request may end it, nor keep others from being judged.
 * False if it failed.
 */
export function guarded(requestId: string, work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.emitWarning(`request ${requestId} was not judged, by a defect of Tracecourt: ${reason}`, {
      type: 'TracecourtWarning',
      ...(error instanceof Error && error.stack !== undefined ? { detail: error.stack } : {}),
    });
    return false;
  }
}
