import {
  type CompiledFlow,
  type FlowNode,
  type Mutation,
  nameInExpressions,
  partsOf,
  stepsUnder,
} from '../model/index.js';
import { duration, STORE_WORDS } from './words.js';

/** What was done to a request, as the end of a sentence: "nothing fails when …". */
export function mutationPhrase(mutation: Mutation): string {
  const step = `\`${mutation.step}\``;
  switch (mutation.kind) {
    case 'drop':
      return `${step} is dropped`;
    case 'duplicate':
      return `${step} happens ${mutation.copies === 1 ? 'once more' : `${mutation.copies} times more`}`;
    case 'swap':
      return `${step} and \`${mutation.with}\` change places`;
    case 'delay':
      return `${step} takes ${duration(mutation.byMs)} longer`;
    case 'change':
      return `\`${mutation.what}\` of ${step} has another value`;
    case 'forget':
      return `${step} leaves nothing in ${STORE_WORDS[mutation.store]}`;
    case 'repeat-effect':
      return `${step} leaves one record more in ${STORE_WORDS[mutation.store]}`;
    case 'change-record':
      return `\`${mutation.field}\` of what ${step} left in ${STORE_WORDS[mutation.store]} has another value`;
    case 'fail':
      return `${step} ends in an error`;
    case 'lose-context':
      return `${step} loses its context`;
    default:
      return mutation satisfies never;
  }
}

/** What in the flow lets it pass, and what to write so that it does not. */
export function mutationAdvice(mutation: Mutation, flow: CompiledFlow): string {
  const { step } = mutation;
  const isOrdered = namesIn(flow).has(step);
  switch (mutation.kind) {
    case 'drop':
      return `${isOrdered ? 'the order does without it: ask for it there' : 'no order names it: put it into `order`'}, or under \`rules\`: \`${ruleFor(step, flow)}\``;
    case 'duplicate':
      return isOrdered
        ? `the order has room for it: bound its \`repeat\`, or under \`rules\`: \`at-most: [${step}, n]\``
        : `no order names it: put it into \`order\`, or under \`rules\`: \`at-most: [${step}, 1]\``;
    case 'swap':
      return 'nothing proves their order: let the services stamp it (`@tracecourt/instrumentation`), or say `prove: true`, so that the verdict is unknown';
    case 'delay':
      return `no budget is on it: under \`budgets\`, \`${step}: …\` or \`total: …\``;
    case 'change':
      return `nothing compares it: under \`invariants\`, or in an effect's \`expect\`, \`${whereIs(mutation)} == …\``;
    case 'forget':
      return `under \`effects\`, say of \`${step}\` how many records there must be`;
    case 'repeat-effect':
      return `under \`effects\`, say \`count\` of \`${step}\``;
    case 'change-record':
      return `its \`expect\` does not look there: under \`effects\`, of \`${step}\`: \`${mutation.store === 'neo4j' ? 'row' : 'json'}.${mutation.field} == …\``;
    case 'fail':
      return flow.steps.some(({ name, mayFail }) => name === step && mayFail)
        ? `it says \`may-fail: true\`: take that away, or under \`invariants\`: \`steps.${nameInExpressions(step)}.all(s, s.status != 'error')\``
        : `under \`invariants\`: \`steps.${nameInExpressions(step)}.all(s, s.status != 'error')\``;
    case 'lose-context':
      return `under \`invariants\`: \`request.traces == 1\``;
    default:
      return mutation satisfies never;
  }
}

function whereIs({ step, what }: Mutation & { readonly kind: 'change' }): string {
  const name = `steps.${nameInExpressions(step)}[0]`;
  return /^(input|output)(\.|$)/.test(what) ? `${name}.${what}` : `${name}.attributes['${what}']`;
}

function namesIn({ order, steps }: CompiledFlow): ReadonlySet<string> {
  return new Set([order, ...steps.flatMap(({ inside }) => inside ?? [])].flatMap(stepsUnder));
}

/** The rule that asks for a step: after what the order has before it, where there is such a step. */
function ruleFor(step: string, { order }: CompiledFlow): string {
  const before = stepBefore(order, step);
  return before === undefined ? `existence: ${step}` : `response: [${before}, ${step}]`;
}

/** The step that stands last in what the innermost sequence around a step puts before it. */
function stepBefore(node: FlowNode, step: string): string | undefined {
  for (const [i, part] of partsOf(node).entries()) {
    if (!stepsUnder(part).includes(step)) continue;
    const earlier = node.kind === 'sequence' ? node.children.slice(0, i).flatMap(stepsUnder) : [];
    return stepBefore(part, step) ?? earlier.at(-1);
  }
  return undefined;
}
