/**
 * Answers many askers of like questions in rounds: one round is under way at a time, and what is asked meanwhile shares the
 * next. So no answer is older than its question, and many askers cost little more than one.
 *
 * A round that fails, fails for all its askers.
 */
export class SharedRounds<K, V> {
  readonly #answerAll: (questions: readonly K[]) => Promise<ReadonlyMap<K, V>>;
  #next: Round<K, V> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** `answerAll` gets each question of a round once; one that it leaves out is answered with undefined. */
  constructor(answerAll: (questions: readonly K[]) => Promise<ReadonlyMap<K, V>>) {
    this.#answerAll = answerAll;
  }

  async ask(question: K): Promise<V | undefined> {
    this.#next ??= this.#announce();
    const { questions, answers } = this.#next;
    questions.add(question);
    return (await answers).get(question);
  }

  #announce(): Round<K, V> {
    const questions = new Set<K>();
    const answers = this.#last.then(() => {
      this.#next = undefined;
      return this.#answerAll([...questions]);
    });
    this.#last = answers.catch(() => undefined);
    return { questions, answers };
  }
}

interface Round<K, V> {
  readonly questions: Set<K>;
  readonly answers: Promise<ReadonlyMap<K, V>>;
}
