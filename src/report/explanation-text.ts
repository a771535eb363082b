import type { Colors } from 'picocolors/types.js';
import type { Verdict, WorkflowTrace } from '../model/index.js';
import { noteLines, verdictLines } from './verdict-text.js';
import { smallWaterfallLines, woundsOf } from './waterfall-text.js';

/** All that there is to say of a verdict beside its own line: findings and reasons, remarks, and, unless it is a pass, where in the request they are. */
export function explanationLines(
  verdict: Verdict,
  { trace, colors }: { readonly trace: WorkflowTrace; readonly colors: Colors },
): readonly string[] {
  const told = [...verdictLines(verdict, colors), ...noteLines(verdict, colors)];
  if (verdict.outcome === 'pass' || trace.spans.length === 0) return told;
  const drawn = smallWaterfallLines(trace, { colors, wounds: woundsOf(verdict) });
  return [...told, '', ...drawn.map((line) => `  ${line}`), ''];
}
