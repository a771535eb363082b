import { seeded } from '../../helpers/seeded.js';
import type { Act, StepAct } from './acts.js';

export interface Shape {
  readonly name: string;
  /** The service that the gateway calls. */
  readonly service: string;
  readonly act: Act;
}

type Chance = ReturnType<typeof seeded>;

const SERVICES = ['shop', 'till', 'depot', 'mailer', 'search'];
const VERBS = ['reserve', 'charge', 'pack', 'ship', 'price', 'rank', 'mail', 'audit', 'store', 'check'];

/** The shape of a toy system: the same seed gives the same one. */
export function shapeOf(seed: number): Shape {
  const maker = new ShapeMaker(seeded(seed));
  const service = SERVICES[seed % SERVICES.length] ?? 'shop';
  return { name: `toy-${seed}`, service, act: maker.outermost(service) };
}

class ShapeMaker {
  readonly #chance: Chance;
  #count = 0;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  /** Begins and ends with plain steps, so that every kind of fault has a place. */
  outermost(service: string): Act {
    const middle = Array.from({ length: 2 + this.#chance.below(3) }, () => this.#part(2, service));
    const sent = this.#chance.below(2) === 0 ? [this.#send(service)] : [];
    return {
      do: 'in-turn',
      acts: [
        this.#step(),
        this.#step(),
        ...middle,
        { ...this.#step(), stores: true },
        ...sent,
        this.#step(),
        this.#step(),
      ],
    };
  }

  #name(): string {
    return `${this.#chance.pick(VERBS)}-${++this.#count}`;
  }

  #step(): StepAct {
    return { do: 'step', step: this.#name(), stores: this.#chance.below(3) === 0 };
  }

  /** With an order of its own inside of the try that goes well, or without. */
  #tried(): StepAct {
    const tried: StepAct = { do: 'step', step: this.#name(), tries: 'retried', stores: true };
    return this.#chance.below(2) === 0 ? tried : { ...tried, inside: { do: 'in-turn', acts: this.#steps(2) } };
  }

  #steps(atLeast: number): readonly StepAct[] {
    return Array.from({ length: atLeast + this.#chance.below(2) }, () => this.#step());
  }

  #other(service: string): string {
    return this.#chance.pick(SERVICES.filter((each) => each !== service));
  }

  #send(service: string): Act {
    const to = this.#other(service);
    return { do: 'send', step: this.#name(), to, act: { do: 'in-turn', acts: this.#steps(1) } };
  }

  #part(depth: number, service: string): Act {
    if (depth === 0) return this.#step();
    const inner = (): Act => this.#part(depth - 1, service);
    switch (this.#chance.below(13)) {
      case 0:
        return { do: 'in-turn', acts: [this.#step(), this.#step(), inner()] };
      case 1:
        return { do: 'at-once', acts: [inner(), inner(), this.#step()] };
      case 2: {
        const to = this.#other(service);
        return { do: 'call', to, act: { do: 'in-turn', acts: [...this.#steps(2), this.#part(depth - 1, to)] } };
      }
      case 3:
        return { do: 'one-of', acts: [0, 1].map(() => ({ do: 'in-turn', acts: this.#steps(2) })) };
      case 4:
        return { do: 'maybe', act: inner() };
      case 5:
        return { do: 'some-of', acts: [inner(), this.#step(), this.#step()] };
      case 6:
        return { do: 'any-order', acts: this.#steps(2) };
      case 7:
        return { do: 'times', step: this.#step(), min: 2, max: 4, parallel: this.#chance.below(2) === 0 };
      case 8:
        return {
          do: 'rounds',
          acts: this.#steps(1),
          between: this.#chance.below(2) === 0 ? this.#step() : undefined,
          min: 1,
          max: 3,
        };
      case 9:
        return { ...this.#step(), inside: { do: 'in-turn', acts: this.#steps(2) } };
      case 10:
        return {
          do: 'at-once',
          acts: [
            { ...this.#step(), looksUp: true },
            { ...this.#step(), looksUp: true },
          ],
        };
      case 11:
        return { do: 'in-turn', acts: [this.#tried(), this.#step()] };
      default:
        return {
          do: 'in-turn',
          acts: [{ do: 'step', step: this.#name(), tries: 'hedged', stores: true, looksUp: true }, this.#step()],
        };
    }
  }
}
