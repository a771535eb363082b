import type { Strength } from '../../model/index.js';

export const NO_STRENGTH: Strength = { required: 0, proven: 0, undecided: 0 };

export function addStrength(a: Strength, b: Strength): Strength {
  return {
    required: a.required + b.required,
    proven: a.proven + b.proven,
    undecided: a.undecided + b.undecided,
  };
}
