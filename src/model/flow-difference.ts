import type { CountRange } from './flow.js';

/** Of two flows that are compared, the first and the second. */
export type Side = 'left' | 'right';

/** What two flows say differently. What is spelt differently and means the same is none. */
export type FlowDifference =
  /** A step that one of them knows. */
  | { readonly kind: 'step'; readonly step: string; readonly only: Side }
  /** The same spans, under another name. */
  | { readonly kind: 'renamed'; readonly left: string; readonly right: string }
  /** What its spans are known by, or what is said of it: JSON on both sides, undefined where nothing is. */
  | {
      readonly kind: 'matched';
      readonly step: string;
      readonly by: string;
      readonly left: string | undefined;
      readonly right: string | undefined;
    }
  | { readonly kind: 'count'; readonly step: string; readonly left: CountRange; readonly right: CountRange }
  /** How two steps stand to each other in time. */
  | {
      readonly kind: 'order';
      readonly first: string;
      readonly second: string;
      readonly left: readonly OrderRelation[];
      readonly right: readonly OrderRelation[];
    }
  /** Something about which steps happen together, that one of them requires. */
  | {
      readonly kind: 'presence';
      readonly says: Presence;
      readonly first: string;
      readonly second: string;
      readonly only: Side;
    }
  /** A run that one of them accepts: steps, `(a | b)` side by side. */
  | { readonly kind: 'run'; readonly run: string; readonly only: Side }
  /** An order that differs in what no run shows: its conditions. */
  | { readonly kind: 'conditions' }
  /** Another part of the flow: JSON on both sides, undefined where there is none. */
  | {
      readonly kind: 'part';
      readonly part: string;
      readonly name: string;
      readonly left: string | undefined;
      readonly right: string | undefined;
    };

/** The difference is in the order inside this step; absent for the order of the request. */
export type PlacedDifference = FlowDifference & { readonly inside?: string };

/** How the first of two steps stands to the second. */
export const ORDER_RELATIONS = [
  'before',
  'after',
  'starts-before',
  'starts-after',
  'before-in-each-round',
  'after-in-each-round',
  'one-at-a-time',
  'side-by-side',
] as const;
export type OrderRelation = (typeof ORDER_RELATIONS)[number];

/** `never-both`; `first-needs-second`: never the first without the second; `one-of-both`: at least one of them. */
export type Presence = 'never-both' | 'first-needs-second' | 'second-needs-first' | 'one-of-both';

/** How two flows compare. */
export interface FlowComparison {
  readonly differences: readonly PlacedDifference[];
  /** Orders that are spelt differently, and in which runs no difference was found. */
  readonly respelt: readonly { readonly inside?: string; readonly runs: number; readonly longest: number }[];
}
