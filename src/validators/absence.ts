import type { CompiledFlow, FlowStep, Handoff, ProcessAccount, WorkflowTrace } from '../model/index.js';
import { declaredSteps } from './declared-steps.js';

/** What may have happened without being heard of. Lost telemetry is not missing work. */
export interface Absence {
  /** True for a step of which more may still come, or has come and was lost: its absence says nothing. */
  mayStillCome(step: string): boolean;
  /** True for a step whose telemetry may have been lost, or whose process has not closed its account. */
  mayBeUnheard(step: string): boolean;
  /** True for a step that lost telemetry alone explains. */
  wasLost(step: string): boolean;
  /** True for a step of which more may be there than is held: the request is open, or its telemetry is not known to be whole. */
  mayLack(step: string): boolean;
  /** Processes that hold fewer spans than they counted, and how many are missing. */
  readonly lossy: readonly Loss[];
}

export interface Loss {
  readonly process: ProcessAccount;
  readonly missing: number;
}

const GUESSES: readonly (string | undefined)[] = ['flow-closed', 'root-quiet', 'quiet'];

/**
 * Works out what absence means for a request.
 *
 * - `accounted`: nothing is unheard of.
 * - a guessed completion with `trust: quiet`: only what a lossy process or an unsettled hand-off may hide.
 * - a guessed completion otherwise, a limit, or an open request: every step may still come, except one whose absence from its store
 *   was seen.
 */
export function readAbsence(
  { flow, trace }: { readonly flow: CompiledFlow; readonly trace: WorkflowTrace },
  options: { readonly disprovenByStore: (step: string) => boolean },
): Absence {
  const proven = trace.completedBy === 'accounted';
  const trusted = flow.trust === 'quiet' && GUESSES.includes(trace.completedBy);
  const lossy = proven ? [] : trace.accounting.processes.flatMap(lossOf);
  const steps = declaredSteps(flow);
  const unsettled = proven ? [] : trace.accounting.unsettled;
  const evidence = { lossy, unsettled, orphans: proven ? 0 : trace.accounting.missingParents.length, trace };

  const wasLost = (name: string): boolean => {
    const step = steps.get(name);
    return step !== undefined && !proven && lossExplains(step, evidence);
  };
  const mayBeUnheard = (name: string): boolean => {
    if (proven) return false;
    if (wasLost(name)) return true;
    const step = steps.get(name);
    return !trusted && !(step && isWhole(step, trace));
  };
  return {
    lossy,
    wasLost,
    mayLack: (name) => trace.completionStatus === 'open' || mayBeUnheard(name),
    mayBeUnheard,
    mayStillCome: (name) => {
      if (proven || options.disprovenByStore(name)) return false;
      return trusted ? wasLost(name) : true;
    },
  };
}

/** An account that came without all its spans, or spans without all their accounts: each account rides on the last span of its period. */
function lossOf(process: ProcessAccount): readonly Loss[] {
  if (process.spansCounted === undefined || process.spansCounted === process.spansHeld) return [];
  const missing = process.spansCounted - process.spansHeld;
  return [{ process, missing: missing > 0 ? missing : 1 }];
}

interface LossEvidence {
  readonly lossy: readonly Loss[];
  readonly unsettled: readonly Handoff[];
  readonly orphans: number;
  readonly trace: WorkflowTrace;
}

function lossExplains(step: FlowStep, { lossy, unsettled, orphans, trace }: LossEvidence): boolean {
  const { service, topic } = step.matcher;
  if ((trace.accounting.unread ?? []).length > 0) return true;
  if (lossy.some(({ process }) => service === undefined || process.service === service)) return true;
  if (unsettled.some(({ peer }) => peer !== '' && (peer === service || peer === topic))) return true;
  return (unsettled.length > 0 || orphans > 0) && !isWhole(step, trace);
}

/** True if every process that can be the step's has closed its account and lost nothing. */
function isWhole({ matcher }: FlowStep, trace: WorkflowTrace): boolean {
  if (matcher.service === undefined) return false;
  const own = trace.accounting.processes.filter(({ service }) => service === matcher.service);
  return own.length > 0 && own.every(({ spansHeld, spansCounted }) => spansHeld === spansCounted);
}
