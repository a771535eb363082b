import type { Colors } from 'picocolors/types.js';
import { COVERAGE_KINDS, type CoverageKind, type FlowCoverage, firstFew } from '../model/index.js';
import { count, list, printable } from '../view/index.js';

const NOUNS: Readonly<Record<CoverageKind, readonly [string, string]>> = {
  step: ['step', 'steps'],
  branch: ['branch', 'branches'],
  option: ['option', 'options'],
  rounds: ['round', 'rounds'],
  condition: ['condition', 'conditions'],
  rule: ['rule', 'rules'],
  budget: ['budget', 'budgets'],
  invariant: ['invariant', 'invariants'],
  effect: ['effect', 'effects'],
};

/** What of a flow was exercised, in a short block: the figures, then what never was. */
export function coverageLines(coverage: FlowCoverage, colors: Colors): readonly string[] {
  const { flow, requests, unplaced } = coverage;
  const kinds = coverageSummary(coverage);
  const figures = kinds.map(({ kind, covered, of }) => `${covered} of ${of} ${NOUNS[kind][of === 1 ? 0 : 1]}`);
  const never = kinds.filter(({ missing }) => missing.length > 0);
  return [
    `${colors.bold('coverage')} of ${printable(flow)} by ${count(requests, 'request')}: ${figures.join(', ')}`,
    ...never.map(({ kind, missing }) => {
      const names = list(shortened(missing));
      return `  ${colors.yellow('never')} ${NOUNS[kind][missing.length === 1 ? 0 : 1]} ${names}`;
    }),
    ...(unplaced > 0
      ? [
          colors.dim(
            `  of ${count(unplaced, 'request')} only the steps count: no run of the order, so no branch is known`,
          ),
        ]
      : []),
  ];
}

const MOST_NAMES = 6;

/** The first few names; all of them are in the document for programs. */
function shortened(names: readonly string[]): readonly string[] {
  const most = names.length > MOST_NAMES ? MOST_NAMES - 1 : MOST_NAMES;
  return firstFew(names, { most, tell: (name) => `\`${printable(name)}\`` });
}

export interface CoverageOfKind {
  readonly kind: CoverageKind;
  readonly covered: number;
  readonly of: number;
  /** Names of the parts that nothing exercised. */
  readonly missing: readonly string[];
}

/** The figures by kind, of the kinds that the flow has. */
function coverageSummary({ parts }: FlowCoverage): readonly CoverageOfKind[] {
  return COVERAGE_KINDS.flatMap((kind) => {
    const own = parts.filter((part) => part.kind === kind);
    const missing = own.filter(({ requests }) => requests === 0).map(({ name }) => name);
    return own.length === 0 ? [] : [{ kind, covered: own.length - missing.length, of: own.length, missing }];
  });
}

/** The same for programs. Fields are only ever added. */
export function coverageDocument(coverage: FlowCoverage): unknown {
  const { flow, requests, unplaced, parts } = coverage;
  return { flow, requests, unplaced, summary: coverageSummary(coverage), parts };
}
