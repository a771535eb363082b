import type { Colors } from 'picocolors/types.js';
import type { RunEvent, RunEventOf } from '../model/index.js';
import { count, duration, printable } from '../view/index.js';
import { coverageLines } from './coverage-text.js';
import { awaitingLine, openLines } from './open-text.js';
import type { Reporter } from './reporter.js';
import { outcomeWord, proofText, verdictLines } from './verdict-text.js';

export interface TerminalOptions {
  readonly write: (text: string) => void;
  readonly colors: Colors;
  /** Width of a terminal that takes back what was written last: then what is awaited is one line that changes. Undefined: it is a line each time. */
  readonly columns?: number | undefined;
  /** False: what of the flow was exercised is not told. */
  readonly coverage?: boolean;
}

/** A run as a person reads it in a terminal: what was started, each verdict with its evidence, where the run is kept. */
export function terminalReporter({ write, colors, columns, coverage = true }: TerminalOptions): Reporter {
  const sent = new Map<string, RunEventOf<'request-sent'>>();
  const completed = new Map<string, RunEventOf<'request-completed'>>();
  let isWaiting = false;
  let scenarios = 1;
  const line = (text = '') => {
    takeBack();
    write(`${text}\n`);
  };

  function takeBack(): void {
    if (isWaiting) write('\r\u001b[2K');
    isWaiting = false;
  }

  function waitInPlace(event: RunEventOf<'awaiting'>, width: number): void {
    takeBack();
    write(colors.dim(awaitingLine(event).slice(0, width - 1)));
    isWaiting = true;
  }

  function onEvent(event: RunEvent): void {
    if (event.type === 'run-started') scenarios = event.scenarios.length;
    if (event.type === 'request-sent') sent.set(event.requestId, event);
    else if (event.type === 'request-completed') completed.set(event.requestId, event);
    else if (event.type === 'awaiting' && columns !== undefined) waitInPlace(event, columns);
    else if (event.type === 'verdict-reached') verdict(event);
    else if (event.type === 'verdict-revised') revision(event);
    else if (event.type !== 'flow-covered') setUpLines(event, colors).forEach((text) => void line(text));
    else if (coverage) ['', ...coverageLines(event.coverage, colors)].forEach((text) => void line(text));
  }

  function verdict({ scenario, request, verdict: spoken, durationMs }: RunEventOf<'verdict-reached'>): void {
    const { requestId } = spoken;
    const defects = sent.get(requestId)?.defects ?? [];
    const size = completed.get(requestId);
    const spans = size ? ` · ${count(size.spans, 'span')} of ${count(size.processes, 'process', 'processes')}` : '';
    const whose = scenarios === 1 ? request : requestOf(scenario, request);
    line();
    line(`${outcomeWord(spoken.outcome, colors)} ${colors.bold([whose, ...defects].join(' + '))}`);
    line(colors.dim(`  ${proofText(spoken)}${spans} · ${duration(durationMs)} · request ${requestId}`));
    verdictLines(spoken, colors).forEach(line);
  }

  function revision({ requestId, lateSpanIds, verdict: spoken }: RunEventOf<'verdict-revised'>): void {
    line();
    line(`${outcomeWord(spoken.outcome, colors)} ${requestId}, revised: ${count(lateSpanIds.length, 'late span')}`);
    verdictLines(spoken, colors).forEach(line);
  }

  return { name: 'terminal', onEvent, end: takeBack };
}

/** Requests of two scenarios may share a name. */
function requestOf(scenario: string, request: string): string {
  return scenario === request ? request : `${scenario}: ${request}`;
}

/** What there is to say of everything round the requests: usually one line, often none. */
function setUpLines(event: RunEvent, colors: Colors): readonly string[] {
  const fact = (name: string, text: string) => [colors.dim(`  ${name.padEnd(10)} ${text}`)];
  switch (event.type) {
    case 'run-started':
      return [`${colors.bold('run')} ${event.run}`];
    case 'store-ready': {
      const { store, product, version, address } = event.server;
      return fact(store, `${product} ${version === 'unknown' ? '' : `${printable(version)} `}at ${address}`);
    }
    case 'collector-ready':
      return fact('collector', event.http);
    case 'service-ready':
      return fact(event.service, `ready, process ${event.pid}, ${duration(event.tookMs)}`);
    case 'service-exited':
      return [colors.red(`  ${event.service.padEnd(10)} ${event.exit}`)];
    case 'failed-early':
    case 'awaiting':
      return openLines(event, colors);
    case 'notice':
      return [colors.yellow(`  ${event.level}: ${printable(event.message)}`)];
    default:
      return [];
  }
}
