/**
 * A liquid time-constant network (Hasani et al., 2021): a few neurons whose state follows
 *
 *     dx/dt = -x / τ  +  f(x, input) · (A - x)
 *
 * where f is a sigmoid of what the neuron hears. The input thus changes not only where a neuron goes but also how fast: its
 * time constant is "liquid", τ / (1 + τ·f). All weights here are at least 0 and A is 1, which gives two promises: every state
 * that starts in [0, 1] stays there, and a stronger input never leads to a lower state.
 */
export interface LiquidNetwork {
  readonly cells: readonly LiquidCell[];
}

/** One neuron. */
export interface LiquidCell {
  /** τ, in seconds: how fast the neuron forgets when it hears nothing. */
  readonly timeConstant: number;
  /** Subtracted from what it hears: how much it takes to excite it. */
  readonly threshold: number;
  /** One weight per input. */
  readonly sensory: readonly number[];
  /** One weight per neuron of the network. */
  readonly recurrent: readonly number[];
}

/** The states of all cells, each in [0, 1]. */
export type LiquidState = readonly number[];

/** Draws a network's weights from `random`. The same stream gives the same network. */
export function drawNetwork(
  random: () => number,
  size: { readonly cells: number; readonly inputs: number },
): LiquidNetwork {
  const draw = (count: number, scale: number) => Array.from({ length: count }, () => scale * random());
  const cells = Array.from({ length: size.cells }, () => ({
    timeConstant: 0.5 + 1.5 * random(),
    threshold: 2 + 2 * random(),
    sensory: draw(size.inputs, 6),
    recurrent: draw(size.cells, 2 / size.cells),
  }));
  return { cells };
}

/** The state of a network that has heard nothing yet. */
export function restingState(network: LiquidNetwork): LiquidState {
  return network.cells.map(() => 0);
}

/**
 * The state `seconds` later, by one step of the fused solver: explicit in f, implicit in x. It is stable for every step size,
 * since it never leaves the range between the old state and A.
 */
export function advance(
  network: LiquidNetwork,
  state: LiquidState,
  input: readonly number[],
  seconds: number,
): LiquidState {
  return network.cells.map((cell, index) => {
    const activation = sigmoid(dot(cell.sensory, input) + dot(cell.recurrent, state) - cell.threshold);
    const before = state[index] ?? 0;
    return (before + seconds * activation) / (1 + seconds * (1 / cell.timeConstant + activation));
  });
}

/** The state after listening to one unchanging input from rest. */
export function listen(
  network: LiquidNetwork,
  input: readonly number[],
  options: { readonly seconds: number; readonly steps: number },
): LiquidState {
  let state = restingState(network);
  for (let step = 0; step < options.steps; step++)
    state = advance(network, state, input, options.seconds / options.steps);
  return state;
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function dot(weights: readonly number[], values: readonly number[]): number {
  return weights.reduce((sum, weight, index) => sum + weight * (values[index] ?? 0), 0);
}
