import type { MetricFamily } from '../lib/prometheus-text.js';
import { OUTCOMES, type Verdict } from '../model/index.js';
import type { Reporter } from '../report/index.js';

/** Counts verdicts for whoever scrapes the collector while a run goes on. */
export interface VerdictCounts extends Reporter {
  /** Counts a verdict that is no event of a run; a revision above 1 is a later one. */
  readonly count: (verdict: Verdict) => void;
  readonly metrics: () => readonly MetricFamily[];
}

/** `flows` are the names under which verdicts are counted: those of the run, so that there are as many series as they make. */
export function countVerdicts(flows: readonly string[]): VerdictCounts {
  const counts = new Map<string, number>(flows.flatMap(seriesOf).map((series) => [JSON.stringify(series), 0]));
  const add = ({ flow, outcome }: Verdict, revision: 'first' | 'later') => {
    const key = JSON.stringify({ flow, outcome, revision });
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  return {
    name: 'verdict counts',
    onEvent(event) {
      if (event.type === 'verdict-reached') add(event.verdict, 'first');
      if (event.type === 'verdict-revised') add(event.verdict, 'later');
    },
    count: (verdict) => add(verdict, verdict.revision > 1 ? 'later' : 'first'),
    metrics: () => [
      {
        name: 'tracecourt_verdicts_total',
        help: 'Verdicts spoken, by flow and outcome: the first about each request, and those that late spans changed.',
        type: 'counter',
        samples: [...counts].map(([key, value]) => ({ labels: JSON.parse(key) as Record<string, string>, value })),
      },
    ],
  };
}

/** All of a flow are there from the start, with zero: a rate needs a before. */
function seriesOf(flow: string): readonly object[] {
  return OUTCOMES.flatMap((outcome) => ['first', 'later'].map((revision) => ({ flow, outcome, revision })));
}
