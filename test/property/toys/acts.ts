/**
 * What a toy service does for a request. The flow of a toy is made from its acts, and its spans by performing them; a fault changes the acts and leaves the
 * flow as it was.
 */
export type Act =
  | StepAct
  | { readonly do: 'in-turn'; readonly acts: readonly Act[] }
  /** Side by side, and all are awaited. */
  | { readonly do: 'at-once'; readonly acts: readonly Act[] }
  /** In another service, which answers. */
  | { readonly do: 'call'; readonly to: string; readonly act: Act }
  /** A message, sent by the step; nobody waits for what it sets off. Only in the outermost sequence. */
  | { readonly do: 'send'; readonly step: string; readonly to: string; readonly act: Act }
  | { readonly do: 'one-of'; readonly acts: readonly Act[] }
  | { readonly do: 'maybe'; readonly act: Act }
  | { readonly do: 'some-of'; readonly acts: readonly Act[] }
  /** One after the other, as it comes. */
  | { readonly do: 'any-order'; readonly acts: readonly Act[] }
  | {
      readonly do: 'times';
      readonly step: StepAct;
      readonly min: number;
      readonly max: number;
      readonly parallel: boolean;
    }
  | {
      readonly do: 'rounds';
      readonly acts: readonly StepAct[];
      readonly between: StepAct | undefined;
      readonly min: number;
      readonly max: number;
    }
  | FaultyAct;

export interface StepAct {
  readonly do: 'step';
  readonly step: string;
  /** What happens inside, with an order of its own. */
  readonly inside?: Act;
  /** It looks something up: a step that several others have below them. */
  readonly looksUp?: boolean;
  /** Tries until it goes well; hedged tries overlap. */
  readonly tries?: 'retried' | 'hedged';
  /** It calls a store. */
  readonly stores?: boolean;
  readonly fault?: StepFault;
}

export type StepFault = 'slow' | 'fails' | 'swallows' | 'tells-a-secret';

/** What no flow asks for. */
export type FaultyAct =
  /** The second begins while the first is under way. */
  | { readonly do: 'overlapping'; readonly first: Act; readonly second: Act }
  /** A try that failed, the second, and only then another try. */
  | { readonly do: 'retried-late'; readonly first: StepAct; readonly second: Act }
  /** The service dies: nothing after it happens. */
  | { readonly do: 'crash' }
  /** The context is not passed on. */
  | { readonly do: 'without-context'; readonly act: Extract<Act, { readonly do: 'call' | 'send' }> };

export const LOOKUP = 'lookup';

/** The acts right below an act. */
export function actsBelow(act: Act): readonly Act[] {
  switch (act.do) {
    case 'step':
      return act.inside ? [act.inside] : [];
    case 'in-turn':
    case 'at-once':
    case 'one-of':
    case 'some-of':
    case 'any-order':
      return act.acts;
    case 'rounds':
      return act.between ? [...act.acts, act.between] : act.acts;
    case 'call':
    case 'send':
    case 'maybe':
    case 'without-context':
      return [act.act];
    case 'times':
      return [act.step];
    case 'overlapping':
    case 'retried-late':
      return [act.first, act.second];
    case 'crash':
      return [];
    default:
      return act satisfies never;
  }
}

/** The acts with one of them replaced. */
export function replaceAct(root: Act, target: Act, by: readonly Act[]): Act {
  const [only] = replaced(root, target, by);
  return only ?? { do: 'in-turn', acts: [] };
}

function replaced(act: Act, target: Act, by: readonly Act[]): readonly Act[] {
  if (act === target) return by;
  const each = (acts: readonly Act[]): readonly Act[] => acts.flatMap((one) => replaced(one, target, by));
  const one = (inner: Act): Act => replaceAct(inner, target, by);
  switch (act.do) {
    case 'in-turn':
    case 'at-once':
    case 'one-of':
    case 'some-of':
    case 'any-order':
      return [{ ...act, acts: each(act.acts) }];
    case 'step':
      return [act.inside ? { ...act, inside: one(act.inside) } : act];
    case 'call':
    case 'send':
    case 'maybe':
      return [{ ...act, act: one(act.act) }];
    default:
      return [act];
  }
}
