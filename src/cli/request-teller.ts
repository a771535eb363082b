import type { Command } from 'commander';
import { toJson } from '../lib/json.js';
import { type CollectorListeners, loadFlowFile } from '../orchestrator/index.js';
import { completedText, explanationLines, openLines, outcomeWord } from '../report/index.js';
import { colors, print, printLines } from './output.js';

/** Adds the option that holds every request to a flow. */
export function withFlow(command: Command): Command {
  return command.option('--flow <file>', 'judge each request by its spans alone, as they come');
}

/** The flow named, if one is. */
export async function flowIn({ flow }: { readonly flow?: string }) {
  return flow === undefined ? undefined : loadFlowFile(flow, { environment: process.env });
}

/** Prints a line for each completed request, with its verdict where there is one, and what is said of those that are open. */
export const TELL_IN_TEXT: Required<CollectorListeners> = {
  onCompleted(request, judged) {
    if (!judged) return print(`${completedText(request)}\n`);
    const { verdict, trace } = judged;
    printLines([
      `${outcomeWord(verdict.outcome, colors)} ${completedText(request)}`,
      ...explanationLines(verdict, { trace, colors }),
    ]);
  },
  onOpen: (event) => printLines(openLines(event, colors)),
};

/** The same as one JSON document a line: a completed request, with its `verdict` under a flow, or an event with its `type`. */
export const TELL_IN_JSON: Required<CollectorListeners> = {
  onCompleted({ traceIds: _ids, ...request }, judged) {
    print(`${toJson(judged ? { ...request, verdict: judged.verdict } : request)}\n`);
  },
  onOpen: (event) => print(`${toJson(event)}\n`),
};
