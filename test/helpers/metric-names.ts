import { readRepositoryFile } from './repository.js';

export interface MetricName {
  readonly name: string;
  readonly type: string;
}

/** What the table of a section of docs/metrics.md says. */
export function documentedMetrics(section: string): readonly MetricName[] {
  const [, text = ''] = readRepositoryFile('docs/metrics.md').split(`## ${section}\n`);
  const rows = (text.split('\n## ')[0] ?? '').matchAll(/^\| `(\w+)` \| (\w+) \|/gm);
  return [...rows].map(([, name = '', type = '']) => ({ name, type }));
}

/** The metrics in what Prometheus is told. */
export function toldMetrics(text: string): readonly MetricName[] {
  return [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = '', type = '']) => ({ name, type }));
}
