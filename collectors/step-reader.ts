import { oncePer } from '../src/lib/once-per.js';
import type { StepMatcher, StepReader } from '../src/model/index.js';
import { ledgerOf } from './adjust/index.js';
import { onlyFit } from './matcher-index.js';
import { toldByShape } from './step-outline.js';

/** Reads spans by the very matchers that steps are named by. Made once for a list of matchers, which MUST NOT change. */
export const stepReader = oncePer(
  (matchers: readonly StepMatcher[]): StepReader => ({
    ledgerOf,
    stepOf: onlyFit(matchers),
    isToldByShape: toldByShape(matchers),
  }),
);
