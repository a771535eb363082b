import { type CycleEdge, type Finding, type FindingFacts, ruleText } from '../model/index.js';
import { duration, recordLine } from './words.js';

/** The smallest evidence for a finding, a line each: what was seen, where. */
export function evidenceLines(finding: Finding): readonly string[] {
  switch (finding.code) {
    case 'wrong-order':
      return cycleLines(finding.facts.cycle);
    case 'span-without-effect':
    case 'effect-without-span':
    case 'duplicate-effect':
    case 'wrong-content':
    case 'orphan':
    case 'not-consumed':
      return finding.facts.seen.length === 0
        ? [`read ${finding.facts.where}: nothing`]
        : finding.facts.seen.map(recordLine);
    case 'double-grant':
      return [...finding.facts.seen.map(recordLine), heldTogether(finding.facts)];
    case 'stale-read':
      return [`versions: ${finding.facts.version} was read, ${finding.facts.known} was known`];
    case 'swallowed-error':
      return [`failed call: span ${finding.facts.errorSpanId}`];
    case 'rule-broken':
      return [`rule ${ruleText(finding.facts.rule)}`];
    case 'context-lost':
      return finding.facts.traceIds.map((traceId) => `trace ${traceId}`);
    case 'missing-step':
      return insteadLines(finding.facts.instead?.spanIds ?? []);
    default:
      return [];
  }
}

function insteadLines(spanIds: readonly string[]): readonly string[] {
  return spanIds.length === 0 ? [] : [`instead: ${shownSpans(spanIds)}`];
}

function heldTogether({ fromMs, untilMs }: FindingFacts['double-grant']): string {
  const end = untilMs === null ? 'with no end' : `until ${new Date(untilMs).toISOString()}`;
  return `held together from ${new Date(fromMs).toISOString()} ${end}`;
}

const MOST_SPANS = 4;

/** The spans to look at, and whose they are; undefined where the evidence names them already. */
export function spanLine({ code, service, spanIds }: Finding): string | undefined {
  if (code === 'wrong-order' || spanIds.length === 0) return undefined;
  const spans = shownSpans(spanIds);
  if (code === 'missing-step') return `last seen: ${spans}`;
  return `${spans}${service === undefined ? '' : ` in ${service}`}`;
}

function shownSpans(spanIds: readonly string[]): string {
  const shown = spanIds.slice(0, MOST_SPANS).join(', ');
  const more = spanIds.length > MOST_SPANS ? ` and ${spanIds.length - MOST_SPANS} more` : '';
  return `${spanIds.length === 1 ? 'span' : 'spans'} ${shown}${more}`;
}

/** What was seen before what the flow requires; that a span begins before it ends goes without saying. */
function cycleLines(cycle: readonly CycleEdge[]): readonly string[] {
  const first = cycle.findLastIndex(({ because }) => because.kind === 'flow') + 1;
  const told = [...cycle.slice(first), ...cycle.slice(0, first)].filter(({ because }) => because.kind !== 'span');
  return told.map(({ from, to, because }) => `${point(from)} → ${point(to)}: ${reason(because)}`);
}

function point({ step, point: which, spanId, service }: CycleEdge['from']): string {
  return `${step} (${spanId}, ${service}) ${which === 'start' ? 'began' : 'ended'}`;
}

function reason(because: CycleEdge['because']): string {
  switch (because.kind) {
    case 'flow':
      return because.serial ? 'the flow wants one after the other' : 'required by the flow';
    case 'span':
      return 'a span begins before it ends';
    case 'cause':
      return 'seen: the one caused the other';
    case 'sequence':
      return `seen: numbered in this order by ${because.service}${because.gapMs === undefined ? '' : `, ${duration(because.gapMs)} apart`}`;
    case 'clock':
      return because.one === undefined
        ? `seen: ${duration(because.gapMs)} apart, more than the clocks can differ`
        : `seen: ${duration(because.gapMs)} apart, by the one clock of ${because.one}`;
    case 'offset':
      return `seen: offsets in ${because.topic}[${because.partition}]`;
    default:
      return because satisfies never;
  }
}
