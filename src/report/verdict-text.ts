import type { Colors } from 'picocolors/types.js';
import type { Outcome, Verdict } from '../model/index.js';
import { count, evidenceLines, findingSentence, printable, reasonSentence, spanLine } from '../view/index.js';

/** A verdict as lines of text: findings with their evidence, reasons, what follows from them. */
export function verdictLines(verdict: Verdict, colors: Colors): readonly string[] {
  return [
    ...verdict.findings.flatMap((finding) => [
      `  ${colors.bold(finding.code)}  ${printable(findingSentence(finding))}`,
      ...[...evidenceLines(finding), spanLine(finding) ?? []]
        .flat()
        .map((line) => colors.dim(`    ${printable(line)}`)),
    ]),
    ...verdict.reasons.flatMap((reason) => [
      `  ${colors.bold(reason.code)}  ${printable(reasonSentence(reason))}`,
      ...(reason.code === 'store-unreachable' ? [colors.dim(`    ${printable(reason.nextStep)}`)] : []),
    ]),
    ...consequenceLine(verdict, colors),
  ];
}

/** Remarks that change nothing, for whoever looks at this very request. */
export function noteLines(verdict: Verdict, colors: Colors): readonly string[] {
  return verdict.notes.map((note) => colors.dim(`  note: ${printable(note)}`));
}

function consequenceLine({ consequences }: Verdict, colors: Colors): readonly string[] {
  if (consequences.length === 0) return [];
  const codes = consequences.map(({ finding }) =>
    finding.step === undefined ? finding.code : `${finding.code} (${finding.step})`,
  );
  return [colors.dim(`  follows from it: ${codes.join(', ')}`)];
}

/** `PASS`, `FAIL` or `UNKNOWN`, padded to one width. */
export function outcomeWord(outcome: Outcome, colors: Colors): string {
  const word = outcome.toUpperCase().padEnd('UNKNOWN'.length);
  return { pass: colors.green, fail: colors.red, unknown: colors.yellow }[outcome](colors.bold(word));
}

/** `accounted · 14 of 14 orders proven`. */
export function proofText({ completedBy, strength }: Verdict): string {
  const orders =
    strength.required === 0
      ? 'no orders to prove'
      : `${strength.proven} of ${count(strength.required, 'order')} proven`;
  const undecided = strength.undecided === 0 ? '' : `, ${strength.undecided} undecided`;
  return `${completedBy ?? 'open'} · ${orders}${undecided}`;
}
