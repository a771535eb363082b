import type { Colors } from 'picocolors/types.js';
import type { RunEvent, RunEventOf } from '../model/index.js';
import { count, duration, printable } from '../view/index.js';
import type { Reporter } from './reporter.js';
import { outcomeWord, proofText, verdictLines } from './verdict-text.js';

export interface TerminalOptions {
  readonly write: (text: string) => void;
  readonly colors: Colors;
}

/** A run as a person reads it in a terminal: what was started, each verdict with its evidence, where the run is kept. */
export function terminalReporter({ write, colors }: TerminalOptions): Reporter {
  const sent = new Map<string, RunEventOf<'request-sent'>>();
  const completed = new Map<string, RunEventOf<'request-completed'>>();
  const line = (text = '') => write(`${text}\n`);

  function onEvent(event: RunEvent): void {
    switch (event.type) {
      case 'run-started':
        return line(`${colors.bold('run')} ${event.run}`);
      case 'store-ready': {
        const { store, product, version, address } = event.server;
        return line(colors.dim(`  ${store.padEnd(10)} ${product} ${printable(version)} at ${address}`));
      }
      case 'collector-ready':
        return line(colors.dim(`  ${'collector'.padEnd(10)} ${event.http}`));
      case 'service-ready':
        return line(colors.dim(`  ${event.service.padEnd(10)} ready, process ${event.pid}, ${duration(event.tookMs)}`));
      case 'service-exited':
        return line(colors.red(`  ${event.service.padEnd(10)} ${event.exit}`));
      case 'request-sent':
        sent.set(event.requestId, event);
        return;
      case 'request-completed':
        completed.set(event.requestId, event);
        return;
      case 'verdict-reached':
        return verdict(event);
      case 'verdict-revised':
        line(
          `${outcomeWord(event.verdict.outcome, colors)} ${event.requestId}, revised: ${count(event.lateSpanIds.length, 'late span')}`,
        );
        return verdictLines(event.verdict, colors).forEach(line);
      case 'notice':
        return line(colors.yellow(`  ${event.level}: ${printable(event.message)}`));
      case 'request-answered':
      case 'store-observed':
      case 'run-ended':
        return;
      default:
        return event satisfies never;
    }
  }

  function verdict({ request, verdict: spoken, durationMs }: RunEventOf<'verdict-reached'>): void {
    const { requestId } = spoken;
    const defects = sent.get(requestId)?.defects ?? [];
    const size = completed.get(requestId);
    const spans = size ? ` · ${count(size.spans, 'span')} of ${count(size.processes, 'process', 'processes')}` : '';
    line();
    line(`${outcomeWord(spoken.outcome, colors)} ${colors.bold([request, ...defects].join(' + '))}`);
    line(colors.dim(`  ${proofText(spoken)}${spans} · ${duration(durationMs)} · request ${requestId}`));
    verdictLines(spoken, colors).forEach(line);
  }

  return { name: 'terminal', onEvent };
}
