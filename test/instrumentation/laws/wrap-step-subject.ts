import { unwrapStep, wrapStep } from '@tracecourt/instrumentation';
import { subject } from './subject.js';
import type { Method } from './watched-calls.js';

const error = Object.freeze(new RangeError('no'));

const service = {
  answer: (question: string) => question.length,
  refuse: (): never => {
    throw error;
  },
  async later(question: string) {
    await Promise.resolve();
    return { self: this === service, question };
  },
  async failLater(): Promise<never> {
    await Promise.resolve();
    throw error;
  },
  async *list() {
    yield 1;
    yield 2;
  },
};

const METHODS = ['answer', 'refuse', 'later', 'failLater', 'list'] as const;

function put(change: (name: string, fn: Method) => Method): void {
  for (const name of METHODS) Reflect.set(service, name, change(name, Reflect.get(service, name) as Method));
}

export const wrapStepSubject = subject({
  name: 'wrapStep',
  isOurs: true,
  instrument() {
    const enable = () => put((name, fn) => wrapStep(name, fn, { input: true, output: true }));
    enable();
    return { enable, disable: () => put((_, fn) => unwrapStep(fn)) };
  },
  wrapped: () => [
    {
      owner: service,
      functions: METHODS.map((method) => ({ label: method, method, rule: { spanOutlives: method === 'list' } })),
    },
  ],
  start: async () => ({ [Symbol.asyncDispose]: async () => undefined }),
  calls: {
    'an answer': () => service.answer('why?'),
    'a refusal': () => service.refuse(),
    'a later answer': () => service.later('why?'),
    'a later failure': () => service.failLater(),
    'a list': async () => {
      const list = [];
      for await (const one of service.list()) list.push(one);
      return list;
    },
  },
});
