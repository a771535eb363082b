import type { Colors } from 'picocolors/types.js';
import type { FlowComparison, PlacedDifference } from '../model/index.js';
import { count, differenceMark, differenceSentence } from '../view/index.js';

/** A difference a line, with what only the first says before what only the second says; then what is the same though it does not look so. */
export function comparisonLines({ differences, respelt }: FlowComparison, colors: Colors): readonly string[] {
  return [
    ...differences.map((difference) => painted(difference, colors)),
    ...respelt.map(({ inside, runs, longest }) => {
      const which = inside === undefined ? 'the order' : `the order inside \`${inside}\``;
      return `${which} is spelt differently and means the same, as far as ${count(runs, 'run')} of up to ${count(longest, 'step')} tell`;
    }),
  ];
}

function painted(difference: PlacedDifference, { red, green, yellow }: Colors): string {
  const mark = differenceMark(difference);
  const paint = { '-': red, '+': green, '~': yellow }[mark];
  return paint(`${mark} ${differenceSentence(difference)}`);
}

/** The differences as data, each with its mark and its sentence. */
export function comparisonDocument({ differences, respelt }: FlowComparison): Readonly<Record<string, unknown>> {
  return {
    same: differences.length === 0,
    differences: differences.map((difference) => ({
      ...difference,
      mark: differenceMark(difference),
      text: differenceSentence(difference),
    })),
    respelt,
  };
}
