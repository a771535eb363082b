import { decisiveSpanId, type Finding, type FindingFacts, type FlowNode } from '../../model/index.js';
import { findingAbout } from '../finding-about.js';
import type { Subject } from '../subject.js';
import { areAlternatives } from './alternatives.js';
import { ordersOf } from './check.js';
import type { MissingPart } from './missing-parts.js';

/**
 * The flow requires a step, and there is none.
 *
 * ```
 *   flow   a → b → c → d
 *   seen   a                    one finding: b is missing after a; later: c, d; stopped
 *   seen   a       c            two: b, and d: c went on without b
 * ```
 *
 * Only the earliest missing steps are findings; a missing step is `later` than another that the flow puts before it, unless something happened between
 * them. `stopped`: nothing of what was still to come happened; then all of it is one finding.
 *
 * Where another branch came in its place, that is said with it: it is not a finding of its own.
 *
 * Cannot tell of a step that may still come, or that was lost; a step that only its store shows is not missing.
 */
export function missingStep(subject: Subject): readonly Finding[] {
  return subject.counts.missing.map((missing) => {
    const { step, after, beside, inside } = missing;
    const last = [...(after ? [after] : inside ? [inside] : []), ...beside];
    const spanIds = last.flatMap(({ step: name, spanId }) => {
      const named = subject.stepsNamed(name);
      const seen = named.find((each) => each.spanId === spanId) ?? named.at(-1);
      return seen ? decisiveSpanId(seen) : [];
    });
    const instead = insteadOf([step, ...missing.later], subject);
    const facts = { ...factsOf(missing), ...(instead && { instead }) };
    return findingAbout(subject, 'missing-step', { about: { step, spanIds }, facts });
  });
}

/** What came of a branch that was not to be taken, where the steps are of the one that was. */
function insteadOf(missing: readonly string[], { counts, flow, stepsNamed }: Subject): Instead | undefined {
  for (const { step, also = [], branch, condition } of counts.unexpected) {
    const came = [step, ...also];
    const isInstead = (order: FlowNode): boolean => missing.some((each) => areAlternatives(order, each, step));
    if ((branch === undefined && !condition) || !ordersOf(flow).some(isInstead)) continue;
    const spanIds = came.flatMap(stepsNamed).map(decisiveSpanId);
    return { steps: came, spanIds, ...(condition && { condition }) };
  }
  return undefined;
}

type Instead = FindingFacts['missing-step']['instead'];

function factsOf(missing: MissingPart): FindingFacts['missing-step'] {
  const { after, later, stopped, beside, part, or, under, inside } = missing;
  return {
    after: after?.step,
    later,
    stopped,
    ...(beside.length > 0 && { beside: beside.map(({ step }) => step) }),
    ...(part && { part }),
    ...(or.length > 0 && { or }),
    ...(under !== undefined && { under }),
    ...(inside && { inside: inside.step }),
  };
}
