import type { AllocationRequest, Vote } from '../decision.js';
import { drawNetwork, type LiquidNetwork, listen } from './liquid-network.js';
import { seededRandom } from './seeded-random.js';

/** A council member: a small liquid network that grows reluctant, and the reluctance at which it says no. */
export interface Member {
  readonly name: string;
  readonly network: LiquidNetwork;
  readonly patience: number;
}

/** What a member thinks of a request. */
export interface Opinion {
  readonly vote: Vote;
  /** Mean state of its network, from 0 to 1. */
  readonly reluctance: number;
}

/** The council, in the order in which it is asked. */
export const MEMBERS: readonly Member[] = [
  member('ada', 1, 0.27),
  member('babbage', 2, 0.36),
  member('curie', 3, 0.33),
  member('darwin', 4, 0.38),
  member('euler', 5, 0.42),
];

/** Their names, for whoever asks them. */
export const MEMBER_NAMES: readonly string[] = MEMBERS.map(({ name }) => name);

const MONTH_HOURS = 24 * 30;
const POWER: Readonly<Record<string, number>> = { a100: 0.5, h100: 1 };

/**
 * What a member thinks of a request: the same for the same request, at any time and on any machine. A member that rejects a
 * lease rejects every longer one of the same model.
 */
export function deliberate(member: Member, request: AllocationRequest): Opinion {
  const length = Math.log1p(request.hours) / Math.log1p(MONTH_HOURS);
  const power = POWER[request.model] ?? 0.25;
  const state = listen(member.network, [length, power], { seconds: 2, steps: 40 });
  const reluctance = state.reduce((sum, x) => sum + x, 0) / state.length;
  return { vote: reluctance <= member.patience ? 'approve' : 'reject', reluctance };
}

function member(name: string, seed: number, patience: number): Member {
  return { name, network: drawNetwork(seededRandom(seed), { cells: 8, inputs: 2 }), patience };
}
