import type { Colors } from 'picocolors/types.js';
import { type CompiledFlow, firstFew, type MutationResult, type MutationTally } from '../model/index.js';
import { count, findingSentence, mutationAdvice, mutationPhrase, printable, reasonSentence } from '../view/index.js';

/** What became of a flow's mutations, for a person: the figures, then each that nothing noticed and what would notice it. */
export function mutationLines(
  result: MutationResult,
  {
    flow,
    beyond,
    colors,
  }: { readonly flow: CompiledFlow; readonly beyond: readonly string[]; readonly colors: Colors },
): readonly string[] {
  const { requests, mutations } = result;
  const usable = requests.filter(({ conforms }) => conforms).length;
  return [
    ...(usable === 0
      ? ['There is no request that conforms, so that none can be made wrong.']
      : [figures(result, usable)]),
    ...requests.flatMap(({ name, conforms, verdict: { findings, reasons } }) =>
      conforms
        ? []
        : [
            colors.yellow(`  not used, since it does not pass as it is: ${printable(name)}`),
            ...[...findings.map(findingSentence), ...reasons.map(reasonSentence)]
              .slice(0, 1)
              .map((why) => `    ${printable(why)}`),
          ],
    ),
    ...unnoticedLines(
      mutations.filter(({ uncaught, allowed }) => uncaught > 0 && !allowed),
      { flow, colors },
    ),
    ...doubtLines(mutations, colors),
    ...allowedLines(mutations, colors),
    ...(beyond.length === 0
      ? []
      : [
          '',
          colors.dim(
            `Words have no values: for ${beyond.join(', ')}, give recorded requests (--run RUN, --trace FILE).`,
          ),
        ]),
  ];
}

function figures({ tried, caught, doubted, uncaught }: MutationResult, usable: number): string {
  const parts = [`${caught} noticed`, ...(doubted > 0 ? [`${doubted} in doubt`] : []), `${uncaught} not`];
  return `${count(usable, 'request')} made wrong in ${count(tried, 'way')}, one at a time: ${parts.join(', ')}`;
}

function unnoticedLines(
  tallies: readonly MutationTally[],
  { flow, colors }: { readonly flow: CompiledFlow; readonly colors: Colors },
): readonly string[] {
  return tallies.flatMap((tally, i) => [
    // A free line between the kinds.
    ...(tally.mutation.kind === tallies[i - 1]?.mutation.kind ? [] : ['']),
    `${colors.red('nothing fails')} when ${printable(mutationPhrase(tally.mutation))}${where(tally, colors)}`,
    colors.dim(`    ${printable(mutationAdvice(tally.mutation, flow))}`),
  ]);
}

/** Where it was noticed elsewhere, the requests in which it was not. */
function where({ tried, missedIn }: MutationTally, colors: Colors): string {
  if (missedIn.length === tried) return '';
  return colors.dim(`, in ${firstFew(missedIn, { most: 2, tell: printable }).join(' and in ')}`);
}

function doubtLines(mutations: readonly MutationTally[], colors: Colors): readonly string[] {
  const doubted = mutations.filter((tally) => tally.doubted > 0);
  if (doubted.length === 0) return [];
  const phrases = doubted.map(({ mutation }) => `  ${printable(mutationPhrase(mutation))}`);
  return ['', colors.yellow('The verdict is unknown, and says no more, when'), ...phrases];
}

function allowedLines(mutations: readonly MutationTally[], colors: Colors): readonly string[] {
  const allowed = mutations.filter((tally) => tally.allowed);
  if (allowed.length === 0) return [];
  const lines = allowed.map(
    ({ name, uncaught }) => `  ${printable(name)}${uncaught > 0 ? '' : colors.yellow('  is noticed: --allow can go')}`,
  );
  return ['', 'Allowed:', ...lines];
}

/** The same for programs. Fields are only ever added. */
export function mutationDocument(
  { requests, tried, caught, doubted, uncaught, mutations }: MutationResult,
  flow: CompiledFlow,
): unknown {
  return {
    tried,
    caught,
    doubted,
    uncaught,
    requests: requests.map(({ name, conforms, verdict }) => ({ name, conforms, verdict: verdict.outcome })),
    mutations: mutations.map(({ mutation, ...tally }) => ({
      ...tally,
      ...mutation,
      ...(tally.uncaught > 0
        ? {
            sentence: `nothing fails when ${mutationPhrase(mutation)}`,
            advice: mutationAdvice(mutation, flow),
          }
        : {}),
    })),
  };
}
