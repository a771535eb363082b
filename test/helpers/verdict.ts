import type { Verdict } from '../../src/model/index.js';

/** A pass, but for what is said otherwise. */
export function verdict(overrides: Partial<Verdict>): Verdict {
  return {
    requestId: 'r.1',
    revision: 1,
    flow: 'toy',
    outcome: 'pass',
    completedBy: 'accounted',
    findings: [],
    consequences: [],
    reasons: [],
    strength: { required: 0, proven: 0, undecided: 0 },
    notes: [],
    ...overrides,
  };
}
