import { type Insertion, UNBOUNDED } from './conformance/index.js';
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
  const out = deleted.map(({ occurrence, movedTo, because }) => {
    const target = byNumber.get(movedTo ?? -1);
    if (target?.after !== undefined) return `\`${nameOf(occurrence)}\` belongs after \`${nameOf(target.after)}\``;
    if (target) return `\`${nameOf(occurrence)}\` belongs elsewhere`;
    return `\`${nameOf(occurrence)}\` ${because === 'order' ? 'is out of order' : 'has no place'}`;
  });
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
  return [...out, ...tooFew, ...rest.map((each) => `\`${stepAt(each)}\` is missing${where(each)}`)];
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
