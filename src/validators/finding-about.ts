import {
  decisiveSpanId,
  type Finding,
  type FindingCode,
  type FindingFacts,
  type StoreName,
  type TraceStep,
} from '../model/index.js';
import type { Subject } from './subject.js';

/** What a finding is about: a step's occurrences, where there are any. */
export interface About {
  readonly step?: string;
  readonly occurrences?: readonly TraceStep[];
  readonly store?: StoreName;
  readonly spanIds?: readonly string[];
  readonly service?: string;
}

/** A finding about a step. Its service is that of the first occurrence, else the one that the flow names. */
export function findingAbout<C extends FindingCode>(
  subject: Subject,
  code: C,
  { about, facts }: { readonly about: About; readonly facts: FindingFacts[C] },
): Finding {
  const first = about.occurrences?.[0];
  const spanIds = about.spanIds ?? (about.occurrences ?? []).map(decisiveSpanId);
  const declared = about.step === undefined ? undefined : subject.declared(about.step)?.matcher.service;
  return {
    code,
    step: about.step,
    service: about.service ?? first?.component ?? declared,
    store: about.store,
    spanId: first ? decisiveSpanId(first) : spanIds[0],
    spanIds,
    facts,
  } as Finding;
}
