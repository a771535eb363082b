import { expect } from 'chai';
import fc from 'fast-check';
import {
  advance,
  drawNetwork,
  type LiquidCell,
  type LiquidNetwork,
  listen,
  restingState,
} from 'gpu-allocation/build/council/liquid-network.js';
import { seededRandom } from 'gpu-allocation/build/council/seeded-random.js';

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const inputs = fc.tuple(share, share);

function network(seed: number): LiquidNetwork {
  return drawNetwork(seededRandom(seed), { cells: 6, inputs: 2 });
}

/** One neuron without feedback: `hears` is what reaches its sigmoid for an input of 1. */
function lone(cell: Partial<LiquidCell> & { readonly hears: number }): LiquidNetwork {
  return { cells: [{ timeConstant: 1, threshold: 0, recurrent: [0], sensory: [cell.hears], ...cell }] };
}

/** Seconds of listening until the neuron has come within 1/e of where it will end. */
function riseSeconds(alone: LiquidNetwork): number {
  const end = listen(alone, [1], { seconds: 200, steps: 20_000 })[0] ?? 0;
  let state = restingState(alone);
  let seconds = 0;
  while ((state[0] ?? 0) < end * (1 - Math.exp(-1))) {
    state = advance(alone, state, [1], 0.001);
    seconds += 0.001;
  }
  return seconds;
}

describe('the liquid network', () => {
  it('is the same network for the same seed, and another for another', () => {
    expect(network(7)).to.deep.equal(network(7));
    expect(network(7)).to.not.deep.equal(network(8));
  });

  it('comes to the same state whenever it hears the same', () => {
    fc.assert(
      fc.property(seeds, inputs, (seed, input) => {
        const listening = { seconds: 2, steps: 20 };
        expect(listen(network(seed), input, listening)).to.deep.equal(listen(network(seed), input, listening));
      }),
    );
  });

  it('keeps every state between 0 and 1, for steps of any size', () => {
    const input = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 2, maxLength: 2 });
    const step = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(seeds, fc.array(fc.tuple(input, step), { maxLength: 30 }), (seed, heard) => {
        const net = network(seed);
        let state = restingState(net);
        for (const [values, seconds] of heard) state = advance(net, state, values, seconds);
        for (const x of state) expect(x).to.be.within(0, 1);
      }),
    );
  });

  it('never falls lower for a stronger input', () => {
    fc.assert(
      fc.property(seeds, inputs, inputs, (seed, input, more) => {
        const net = network(seed);
        const stronger = input.map((value, index) => value + (more[index] ?? 0));
        const states = listen(net, input, { seconds: 2, steps: 20 });
        const higher = listen(net, stronger, { seconds: 2, steps: 20 });
        for (const [index, x] of states.entries()) expect(higher[index]).to.be.at.least(x - 1e-12);
      }),
    );
  });

  it('forgets with its time constant when it hears nothing', () => {
    const deaf = lone({ hears: -1000, timeConstant: 2 });
    let state: readonly number[] = [1];
    for (let step = 0; step < 2000; step++) state = advance(deaf, state, [1], 0.001);
    expect(state[0]).to.be.closeTo(Math.exp(-1), 0.001);
  });

  it('settles where what it hears and what it forgets balance', () => {
    const certain = lone({ hears: 1000, timeConstant: 3 });
    const [end] = listen(certain, [1], { seconds: 100, steps: 1000 });
    expect(end).to.be.closeTo(3 / (1 + 3), 1e-9);
  });

  it('is liquid: its effective time constant is τ / (1 + τ·f), shorter the more it hears', () => {
    for (const hears of [-2, 0, 2]) {
      const f = 1 / (1 + Math.exp(-hears));
      expect(riseSeconds(lone({ hears, timeConstant: 2 }))).to.be.closeTo(2 / (1 + 2 * f), 0.01);
    }
  });

  it('comes closer to the exact solution the finer the steps are', () => {
    const net = lone({ hears: 1, timeConstant: 1 });
    const f = 1 / (1 + Math.exp(-1));
    const exact = (f / (1 + f)) * (1 - Math.exp(-2 * (1 + f)));
    const errors = [10, 100, 1000].map((steps) => Math.abs((listen(net, [1], { seconds: 2, steps })[0] ?? 0) - exact));
    expect(errors[1]).to.be.below((errors[0] ?? 0) / 5);
    expect(errors[2]).to.be.below((errors[1] ?? 0) / 5);
  });
});

describe('the seeded random stream', () => {
  it('repeats itself for the same seed and stays in [0, 1)', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const [one, other] = [seededRandom(seed), seededRandom(seed)];
        for (let draw = 0; draw < 20; draw++) {
          const value = one();
          expect(value).to.equal(other());
          expect(value).to.be.at.least(0).and.below(1);
        }
      }),
    );
  });

  it('spreads evenly', () => {
    const random = seededRandom(42);
    const buckets = new Array<number>(10).fill(0);
    for (let draw = 0; draw < 10_000; draw++) {
      const bucket = Math.floor(random() * 10);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
    for (const count of buckets) expect(count).to.be.within(850, 1150);
  });
});
