import { type Command, Option } from 'commander';
import { TracecourtError } from '../../errors.js';
import { likelyWord } from '../../lib/likely-word.js';
import type { CompiledFlow, MutationResult } from '../../model/index.js';
import { EXIT_CODES, mutateFlow, readBundle, specimensOf } from '../../orchestrator/index.js';
import { settingsOf, withSettings } from '../settings.js';
import { several } from '../several.js';

export interface MutateFlags {
  readonly mutate?: boolean;
  readonly trace?: readonly string[];
  readonly run?: readonly string[];
  readonly allow?: readonly string[];
  readonly maxUncaught?: number;
}

/** The options that say what is made wrong, and what may go unnoticed. */
export function withMutations(command: Command): Command {
  command
    .option('--mutate', 'make conforming requests wrong, one way at a time, and tell what nothing notices')
    .option('--trace <file>', 'with --mutate: requests in OTLP traces as JSON; may be given several times', several)
    .option('--run <run>', 'with --mutate: requests of a recorded run, with their stores; several times', several)
    .option(
      '--allow <mutation>',
      'with --mutate: a mutation that may go unnoticed, by its name; several times',
      several,
    )
    .addOption(
      new Option('--max-uncaught <n>', 'with --mutate: exit with 1 if more than n go unnoticed').argParser(wholeNumber),
    );
  return withSettings(command, ['bundleDir']);
}

function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new TracecourtError('usage', `--max-uncaught takes a whole number, got "${text}".`);
}

/** What became of the flow's mutations; undefined if nobody asked. Throws TracecourtError `usage` for an option that needs `--mutate`. */
export async function mutationsOf(
  flow: CompiledFlow,
  { flowFile, flags }: { readonly flowFile: string; readonly flags: MutateFlags },
): Promise<MutationResult | undefined> {
  if (!flags.mutate) {
    const alone = (['trace', 'run', 'allow', 'maxUncaught'] as const).find((flag) => flags[flag] !== undefined);
    if (alone === undefined) return undefined;
    const option = alone === 'maxUncaught' ? 'max-uncaught' : alone;
    throw new TracecourtError('usage', `--${option} says what to make of mutations.`, { nextStep: 'Add --mutate.' });
  }
  const { trace: traces = [], run: runs = [], allow = [] } = flags;
  const { bundleDir } = await settingsOf(flags);
  const bundles = runs.map((run) => readBundle(run, bundleDir));
  const result = mutateFlow(await specimensOf(flow, { flowFile, traces, bundles }), { allow });
  mustBeKnown(allow, result);
  return result;
}

/** A name that no mutation has would allow nothing, and nobody would know. */
function mustBeKnown(allow: readonly string[], { mutations, tried }: MutationResult): void {
  const names = mutations.map(({ name }) => name);
  const unknown = tried > 0 ? allow.find((name) => !names.includes(name)) : undefined;
  if (unknown === undefined) return;
  const likely = likelyWord(unknown, names);
  throw new TracecourtError('usage', `--allow: no mutation of this flow is called "${unknown}".`, {
    nextStep: likely === undefined ? 'The names are under "mutations" in --json.' : `Did you mean "${likely}"?`,
  });
}

/** Unknown where there was nothing to make wrong, fail where more went unnoticed than may. */
export function mutationExitCode({ tried, mutations }: MutationResult, { maxUncaught }: MutateFlags): number {
  if (tried === 0) return EXIT_CODES.unknown;
  const unnoticed = mutations.filter(({ uncaught, allowed }) => uncaught > 0 && !allowed).length;
  return maxUncaught !== undefined && unnoticed > maxUncaught ? EXIT_CODES.fail : EXIT_CODES.pass;
}
