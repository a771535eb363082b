import { EventEmitter, once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { type StepOptions, setStepAttributes, unwrapStep, wrapStep } from '@tracecourt/instrumentation';
import { expect } from 'chai';
import fc from 'fast-check';
import { listenToStandardError } from '../helpers/standard-error.js';

const exporter = new InMemorySpanExporter();
const tracer = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }).getTracer('test');

function ended(): readonly ReadableSpan[] {
  return exporter.getFinishedSpans();
}

function theSpan(): ReadableSpan {
  expect(ended()).to.have.length(1);
  return ended()[0]!;
}

// biome-ignore lint/suspicious/noExplicitAny: a step may be any function
function step<F extends (...args: any[]) => any>(fn: F, options: Omit<StepOptions<F>, 'tracer'> = {}): F {
  return wrapStep('work', fn, { ...options, tracer });
}

function thrownBy(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

beforeEach(() => exporter.reset());

describe('a wrapped step', () => {
  it('gives the same result to the same arguments, with the same this, at once', () => {
    const result = {};
    const owner = {
      run: step(function (this: unknown, ...args: unknown[]) {
        return { result, self: this, args };
      }),
    };
    const seen = owner.run(1, 'two', result);
    expect(seen.result).to.equal(result);
    expect(seen.self).to.equal(owner);
    expect(seen.args).to.deep.equal([1, 'two', result]);
    expect(theSpan()).to.include({ name: 'work' });
    expect(theSpan().attributes).to.deep.equal({ 'tracecourt.step': 'work' });
  });

  it('throws the same error object, whatever was thrown, and says so on the span', () => {
    for (const thrown of [new TypeError('no'), 'text', undefined, null, 42, Object.freeze({ code: 'E' })]) {
      exporter.reset();
      const wrapped = step(() => {
        throw thrown;
      });
      expect(thrownBy(wrapped)).to.equal(thrown);
      expect(theSpan().status.code).to.equal(SpanStatusCode.ERROR);
    }
  });

  it('records the exception, its type and its message', () => {
    const error = Object.assign(new Error('the graph is away'), { code: 'ServiceUnavailable' });
    thrownBy(
      step(() => {
        throw error;
      }),
    );
    expect(theSpan().status).to.deep.equal({ code: SpanStatusCode.ERROR, message: 'the graph is away' });
    expect(theSpan().attributes).to.include({ 'error.type': 'ServiceUnavailable' });
    expect(theSpan().events[0]?.attributes).to.include({ 'exception.message': 'the graph is away' });
    expect(String(theSpan().events[0]?.attributes?.['exception.stacktrace'])).not.to.contain(process.cwd());
  });

  it('ends its span when the promise is fulfilled, before anybody learns of it', async () => {
    let fulfil: (value: string) => void = () => undefined;
    const wrapped = step(() => new Promise<string>((resolve) => (fulfil = resolve)));
    const promise = wrapped();
    expect(promise).to.be.instanceOf(Promise);
    await Promise.resolve();
    expect(ended()).to.have.length(0);
    fulfil('done');
    const spansThen = promise.then(() => ended().length);
    expect(await promise).to.equal('done');
    expect(await spansThen).to.equal(1);
  });

  it('rejects with the same error object', async () => {
    const error = new Error('no');
    const seen = await step(() => Promise.reject(error))().catch((reason: unknown) => reason);
    expect(seen).to.equal(error);
    expect(theSpan().status.code).to.equal(SpanStatusCode.ERROR);
  });

  it('leaves a rejection that nobody handles unhandled', async () => {
    const others = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    const error = new Error('nobody cares');
    try {
      const heard = once(process, 'unhandledRejection');
      void step(() => Promise.reject(error))();
      expect((await heard)[0]).to.equal(error);
    } finally {
      for (const other of others) process.on('unhandledRejection', other);
    }
  });

  it('hands a lazy thenable on as it is, without starting it', async () => {
    let starts = 0;
    const query = {
      sql: 'select',
      // biome-ignore lint/suspicious/noThenProperty: this is what lazy queries look like
      then(onFulfilled: (value: number) => unknown, onRejected?: (error: unknown) => unknown) {
        starts += 1;
        return Promise.resolve(starts).then(onFulfilled, onRejected);
      },
    };
    const seen = step(() => query)();
    expect(seen).to.equal(query);
    expect([starts, ended().length]).to.deep.equal([0, 0]);
    expect(await seen).to.equal(1);
    expect([starts, ended().length]).to.deep.equal([1, 1]);
  });

  it('follows a subclass of Promise without changing it', async () => {
    class Call extends Promise<string> {
      cancelled = false;
    }
    const call = new Call((resolve) => setImmediate(() => resolve('done')));
    expect(step(() => call)()).to.equal(call);
    expect(await call).to.equal('done');
    expect(ended()).to.have.length(1);
  });

  it('ends its span when an async generator is done, and keeps its values', async () => {
    const wrapped = step(async function* () {
      yield 1;
      yield 2;
    });
    const values: number[] = [];
    for await (const value of wrapped()) {
      expect(ended()).to.have.length(0);
      values.push(value);
    }
    expect(values).to.deep.equal([1, 2]);
    expect(theSpan().status.code).to.equal(SpanStatusCode.UNSET);
  });

  it('ends its span when an async generator is left early or fails', async () => {
    const error = new Error('no more');
    const wrapped = step(async function* (fails: boolean) {
      yield 1;
      if (fails) throw error;
    });
    for await (const _ of wrapped(false)) break;
    expect(theSpan().status.code).to.equal(SpanStatusCode.UNSET);
    const seen = await (async () => {
      for await (const _ of wrapped(true));
    })().catch((reason: unknown) => reason);
    expect(seen).to.equal(error);
    expect(ended()[1]?.status.code).to.equal(SpanStatusCode.ERROR);
  });

  it('follows the iterator of an object that is async iterable', async () => {
    const pages = {
      async *[Symbol.asyncIterator]() {
        yield 'page';
      },
    };
    const seen = step(() => pages)();
    expect(seen).to.equal(pages);
    for await (const _ of seen) expect(ended()).to.have.length(0);
    expect(ended()).to.have.length(1);
  });

  it('ends its span when a stream is over, and hands the stream on as it is', async () => {
    const stream = Readable.from(['a', 'b']);
    expect(step(() => stream)()).to.equal(stream);
    expect(ended()).to.have.length(0);
    stream.resume();
    await once(stream, 'close');
    expect(theSpan().status.code).to.equal(SpanStatusCode.UNSET);
  });

  it('hides no error of a stream', async () => {
    const error = new Error('broken pipe');
    const stream = new PassThrough();
    step(() => stream)();
    expect(thrownBy(() => stream.emit('error', error))).to.equal(error);
    expect(theSpan().status.code).to.equal(SpanStatusCode.ERROR);
  });

  it('takes an event emitter for the finished result it is', () => {
    const emitter = new EventEmitter();
    expect(step(() => emitter)()).to.equal(emitter);
    expect(ended()).to.have.length(1);
  });

  it('keeps name, length, properties and construction', () => {
    class Service {
      static readonly version = 3;
      constructor(readonly name: string) {}
    }
    const wrapped = step(Service as unknown as (name: string) => Service) as unknown as typeof Service;
    expect([wrapped.name, wrapped.length, wrapped.version]).to.deep.equal(['Service', 1, 3]);
    expect(new wrapped('x')).to.be.instanceOf(Service);
  });

  it('is returned as it is when wrapped again under its name, and nests under another', () => {
    const wrapped = step(() => 1);
    expect(wrapStep('work', wrapped)).to.equal(wrapped);
    wrapStep('outer', wrapped, { tracer })();
    expect(ended().map(({ name }) => name)).to.deep.equal(['work', 'outer']);
  });

  it('can be unwrapped: the very function is back', () => {
    const fn = () => 1;
    expect(unwrapStep(step(fn))).to.equal(fn);
    expect(unwrapStep(fn)).to.equal(fn);
  });

  it('does its work when there is no tracing at all', async () => {
    expect(wrapStep('untraced', (x: number) => x + 1)(1)).to.equal(2);
    expect(await wrapStep('untraced', async (x: number) => x + 1)(1)).to.equal(2);
    setStepAttributes({ nobody: 'listens' });
    expect(trace.getActiveSpan()).to.equal(undefined);
  });
});

describe('what a step captures', () => {
  it('is nothing unless asked for', () => {
    step((secret: string) => secret)('input');
    expect(Object.keys(theSpan().attributes)).to.deep.equal(['tracecourt.step']);
  });

  it('is the argument, or the list of several, and the result', async () => {
    step((a: number) => a + 1, { input: true, output: true })(1);
    expect(theSpan().attributes).to.include({ 'tracecourt.step.input': '1', 'tracecourt.step.output': '2' });
    exporter.reset();
    await step(async (a: number, b: number) => ({ sum: a + b }), { input: true, output: true })(1, 2);
    expect(theSpan().attributes).to.include({
      'tracecourt.step.input': '[1,2]',
      'tracecourt.step.output': '{"sum":3}',
    });
  });

  it('is what its functions choose', async () => {
    const options = { input: (id: string) => ({ id }), output: ({ gpu }: { gpu: string }) => ({ gpu }) };
    await step(async (_id: string) => ({ gpu: 'a100', rest: 'left out' }), options)('d-1');
    expect(theSpan().attributes).to.include({
      'tracecourt.step.input': '{"id":"d-1"}',
      'tracecourt.step.output': '{"gpu":"a100"}',
    });
  });

  it('is no output when it failed', () => {
    thrownBy(
      step(
        () => {
          throw new Error('no');
        },
        { output: true },
      ),
    );
    expect(theSpan().attributes).to.not.have.property('tracecourt.step.output');
  });

  it('takes attributes from its options', () => {
    step((gpu: string) => gpu, { attributes: (gpu) => ({ 'hw.id': gpu }) })('gpu-7');
    expect(theSpan().attributes).to.include({ 'hw.id': 'gpu-7' });
  });
});

describe('a hook that throws', () => {
  function bad(): never {
    throw new Error('bad hook');
  }

  it('is told once, and the step goes on', () => {
    const wrapped = wrapStep('hooked', (x: number) => x + 1, { input: bad, output: bad, attributes: bad, tracer });
    using told = listenToStandardError();
    expect([wrapped(1), wrapped(2)]).to.deep.equal([2, 3]);
    expect(told.lines()).to.have.length(3);
    expect(told.lines()).to.include(
      'tracecourt: step hooked: its input could not be recorded (bad hook); the work goes on',
    );
    expect(ended().map(({ status }) => status.code)).to.deep.equal([SpanStatusCode.UNSET, SpanStatusCode.UNSET]);
  });

  it('may be a getter of what is captured', () => {
    const trap = Object.defineProperty({}, 'x', { enumerable: true, get: bad });
    using _ = listenToStandardError();
    expect(step(() => trap, { output: true })()).to.equal(trap);
    expect(theSpan().attributes).to.not.have.property('tracecourt.step.output');
  });
});

describe('a wrapped step, whatever it returns or throws', () => {
  it('behaves as the function it wraps', async () => {
    const how = fc.constantFrom('return', 'throw', 'fulfil', 'reject');
    await fc.assert(
      fc.asyncProperty(how, fc.anything(), async (kind, value) => {
        const fn = () => {
          if (kind === 'throw') throw value;
          if (kind === 'fulfil') return Promise.resolve({ value });
          return kind === 'reject' ? Promise.reject(value) : value;
        };
        const outcome = async (call: () => unknown) => {
          try {
            const result = call();
            return result instanceof Promise
              ? await result.then(
                  (v) => ['fulfilled', v.value],
                  (e: unknown) => ['rejected', e],
                )
              : ['returned', result];
          } catch (error) {
            return ['thrown', error];
          }
        };
        exporter.reset();
        const [plain, wrapped] = [await outcome(fn), await outcome(step(fn, { input: true, output: true }))];
        expect(wrapped[0]).to.equal(plain[0]);
        expect(Object.is(wrapped[1], plain[1])).to.equal(true);
        expect(ended()).to.have.length(1);
      }),
      { numRuns: 500 },
    );
  });
});
