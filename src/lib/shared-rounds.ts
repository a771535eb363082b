export interface SharedRoundsOptions {
  /** Rounds that may be under way at once. Default 1. */
  readonly atOnce?: number;
}

/**
 * Answers many askers of like questions in rounds: what is asked while as many rounds are under way as may be shares the next. So
 * no answer is older than its question, and many askers cost little more than one.
 *
 * More rounds at once mean less waiting and less sharing. A round that fails, fails for all its askers.
 */
export class SharedRounds<K, V> {
  readonly #answerAll: (questions: readonly K[]) => Promise<ReadonlyMap<K, V>>;
  #next: Round<K, V> | undefined;
  /** In each, the last round of it: settled when the next may begin. */
  readonly #lanes: Promise<unknown>[];

  /** `answerAll` gets each question of a round once; one that it leaves out is answered with undefined. */
  constructor(
    answerAll: (questions: readonly K[]) => Promise<ReadonlyMap<K, V>>,
    { atOnce = 1 }: SharedRoundsOptions = {},
  ) {
    this.#answerAll = answerAll;
    this.#lanes = Array.from({ length: atOnce }, () => Promise.resolve());
  }

  async ask(question: K): Promise<V | undefined> {
    this.#next ??= this.#announce();
    const { questions, answers } = this.#next;
    questions.add(question);
    return (await answers).get(question);
  }

  #announce(): Round<K, V> {
    const questions = new Set<K>();
    const answers = this.#freeLane().then((lane) => {
      this.#next = undefined;
      const round = this.#answerAll([...questions]);
      this.#lanes[lane] = round.catch(() => undefined);
      return round;
    });
    return { questions, answers };
  }

  #freeLane(): Promise<number> {
    return Promise.race(this.#lanes.map((last, lane) => last.then(() => lane)));
  }
}

interface Round<K, V> {
  readonly questions: Set<K>;
  readonly answers: Promise<ReadonlyMap<K, V>>;
}
