import type { Colors } from 'picocolors/types.js';
import type { RunEventOf } from '../model/index.js';
import { awaitingSentence, duration, findingSentence, printable } from '../view/index.js';

/** What is said of a request while it is open. */
export type OpenEvent = Omit<RunEventOf<'failed-early'>, 'at'> | Omit<RunEventOf<'awaiting'>, 'at'>;

/** That a request fails before it is complete, with what it fails by; or what it waits for. */
export function openLines(event: OpenEvent, colors: Colors): readonly string[] {
  if (event.type === 'awaiting') return [colors.dim(awaitingLine(event))];
  const { findings, openMs } = event;
  const sentences = findings.map(
    (finding) => `    ${colors.bold(finding.code)}  ${printable(findingSentence(finding))}`,
  );
  return [colors.red(`  failed early, after ${duration(openMs)}: request ${printable(event.requestId)}`), ...sentences];
}

/** What a request waits for, in one line. */
export function awaitingLine(event: Omit<RunEventOf<'awaiting'>, 'at'>): string {
  return printable(`  ${'…'.padEnd(10)} ${awaitingSentence(event)} · request ${event.requestId}`);
}
