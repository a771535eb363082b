import { type Deletion, type Insertion, UNBOUNDED } from './conformance/index.js';
import { type LackingRounds, lackingRounds } from './flow/lacking-rounds.js';
import type { EditedOrder } from './flow/seen-rounds.js';

/** What keeps a word from conforming, a sentence for each edit; what is too seldom by its number. */
export function wordProblems(edited: EditedOrder, steps: readonly string[]): readonly string[] {
  const { deleted, inserted } = edited.edits;
  const stepAt = ({ place }: Insertion): string => edited.checker.order.places[place]?.step ?? '';
  const byNumber = new Map(inserted.map((each) => [each.occurrence, each] as const));
  const nameOf = (occurrence: number): string => {
    const added = byNumber.get(occurrence);
    return steps[occurrence] ?? (added ? stepAt(added) : '');
  };
  const gone = new Set(deleted.map(({ occurrence }) => occurrence));
  const stays = new Set(steps.filter((_, i) => !gone.has(i)));
  const surplus = new Map<string, number>();
  const out = deleted.flatMap((deletion) => {
    const { occurrence, movedTo, because } = deletion;
    const name = nameOf(occurrence);
    const target = byNumber.get(movedTo ?? -1);
    if (target) return `\`${name}\` ${whereTo(deletion, { target, nameOf })}`;
    if (because === 'order') return `\`${name}\` is out of order`;
    if (!stays.has(name)) return `\`${name}\` has no place`;
    surplus.set(name, (surplus.get(name) ?? 0) + 1);
    return [];
  });
  const tooMany = [...surplus].map(([name, n]) => `${n === 1 ? 'one' : n} \`${name}\` too many`);
  const moved = new Set(deleted.map(({ movedTo }) => movedTo));
  const { lacking, rest } = lackingRounds(
    edited,
    inserted.filter(({ occurrence }) => !moved.has(occurrence)),
  );
  const where = ({ after }: Insertion): string => (after === undefined ? '' : ` after \`${nameOf(after)}\``);
  const tooFew = lacking.map((each) => {
    const names = [...new Set(each.inserted.map((added) => `\`${stepAt(added)}\``))].join(', ');
    const [first] = each.inserted;
    return roundsProblem(each, { names, where: first && each.begun === 0 ? where(first) : '' });
  });
  return [...out, ...tooMany, ...tooFew, ...rest.map((each) => `\`${stepAt(each)}\` is missing${where(each)}`)];
}

/** Where a step that came at the wrong time should have: after what, or else before what. */
function whereTo(
  { occurrence, cycle = [] }: Deletion,
  { target, nameOf }: { readonly target: Insertion; readonly nameOf: (occurrence: number) => string },
): string {
  if (target.after !== undefined) return `belongs after \`${nameOf(target.after)}\``;
  const next = cycle.find(({ from, because }) => because === 'flow' && from.occurrence === occurrence);
  if (!next) return 'belongs elsewhere';
  return next.from.point === 'end'
    ? `has to end before \`${nameOf(next.to.occurrence)}\` begins`
    : `has to begin before \`${nameOf(next.to.occurrence)}\``;
}

function roundsProblem(
  { repeat: { min, max }, begun, isOfSeveral }: LackingRounds,
  { names, where }: { readonly names: string; readonly where: string },
): string {
  const needed = max >= UNBOUNDED ? `${min} or more` : min === max ? String(min) : `${min} to ${max}`;
  const are = max === 1 ? 'is' : 'are';
  if (!isOfSeveral) {
    const happened = begun === 0 ? `is missing${where}` : `happened ${begun === 1 ? 'once' : `${begun} times`}`;
    return `${names} ${happened}, ${needed} ${are} needed`;
  }
  const rounds = begun === 0 ? 'no round' : begun === 1 ? '1 round' : `${begun} rounds`;
  return `${rounds} of ${names}${where}, ${needed} ${are} needed`;
}
