import type { CycleEdge, Finding, FindingFacts } from '../model/index.js';
import { ruleText } from './rule-sentence.js';
import { duration, recordLine } from './words.js';

/** The smallest evidence for a finding, a line each: what was seen, where. */
export function evidenceLines(finding: Finding): readonly string[] {
  switch (finding.code) {
    case 'wrong-order':
      return finding.facts.cycle.map(edgeLine);
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
    default:
      return [];
  }
}

function heldTogether({ fromMs, untilMs }: FindingFacts['double-grant']): string {
  const end = untilMs === null ? 'with no end' : `until ${new Date(untilMs).toISOString()}`;
  return `held together from ${new Date(fromMs).toISOString()} ${end}`;
}

function edgeLine({ from, to, because }: CycleEdge): string {
  return `${point(from)} → ${point(to)}: ${reason(because)}`;
}

function point({ step, point: which, spanId }: CycleEdge['from']): string {
  return `${step}.${which} (${spanId})`;
}

function reason(because: CycleEdge['because']): string {
  switch (because.kind) {
    case 'flow':
      return 'required by the flow';
    case 'span':
      return 'a span begins before it ends';
    case 'cause':
      return 'seen: the one caused the other';
    case 'sequence':
      return `seen: numbered in this order by ${because.service}${because.gapMs === undefined ? '' : `, ${duration(because.gapMs)} apart`}`;
    case 'clock':
      return `seen: ${duration(because.gapMs)} apart, more than the clocks can differ`;
    case 'offset':
      return `seen: offsets in ${because.topic}[${because.partition}]`;
    default:
      return because satisfies never;
  }
}
