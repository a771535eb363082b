import type { ExpressionScope, StepReader } from '../../model/index.js';
import type { Evaluate } from '../evaluate.js';

/** How a request is read. */
export interface Reading {
  readonly reader: StepReader;
  readonly evaluate: Evaluate;
  /** What expressions may speak of. Asked for only where one has to be worked out. */
  readonly scope: ExpressionScope;
}
