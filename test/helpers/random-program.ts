import type { seeded } from './seeded.js';

type Random = ReturnType<typeof seeded>;

/** A toy program: what it does is spans, in the notation of `traceOf`. */
type Program =
  | { readonly kind: 'work'; readonly name: string; readonly service: string; readonly body: Program | undefined }
  | { readonly kind: 'sequence' | 'parallel' | 'either'; readonly parts: readonly Program[] }
  | { readonly kind: 'maybe'; readonly part: Program }
  | { readonly kind: 'loop'; readonly part: Program; readonly parallel: boolean };

const SERVICES = ['web', 'shop', 'bank'];

export function randomProgram(random: Random, size: number): Program {
  let names = 0;
  const make = (left: number): Program => {
    if (left <= 1) return work(undefined);
    const cut = 1 + random.below(left - 1);
    switch (random.below(9)) {
      case 0:
      case 1:
        return work(make(left - 1));
      case 2:
      case 3:
        return { kind: 'sequence', parts: [make(cut), make(left - cut)] };
      case 4:
        return { kind: 'parallel', parts: [make(cut), make(left - cut)] };
      case 5:
        return { kind: 'either', parts: [make(cut), make(left - cut)] };
      case 6:
        return { kind: 'maybe', part: make(left) };
      default:
        return { kind: 'loop', part: make(left), parallel: random.below(2) === 0 };
    }
  };
  const work = (body: Program | undefined): Program => ({
    kind: 'work',
    name: `step-${'abcdefghijklmnop'[names++]}`,
    service: random.pick(SERVICES),
    body,
  });
  return { kind: 'work', name: 'serve', service: 'web', body: make(size) };
}

/** What one run of the program sends, a span a line. Nothing is in the lines but what happened: who caused whom, when, and in which service. */
export function runProgram(random: Random, program: Program, { stated }: { readonly stated: boolean }): string {
  const lines: string[] = [];
  runPart(program, { random, lines, attribute: stated ? 'step' : 'name', startMs: 0, parent: undefined });
  return lines.join('\n');
}

interface Running {
  readonly random: Random;
  readonly lines: string[];
  readonly attribute: string;
  readonly startMs: number;
  readonly parent: string | undefined;
}

/** Gives the time when all of the part is over. */
function runPart(part: Program, running: Running): number {
  const { random, startMs } = running;
  switch (part.kind) {
    case 'work':
      return runWork(part, running);
    case 'sequence':
      return part.parts.reduce((now, each) => runPart(each, { ...running, startMs: now + 1 }), startMs);
    case 'parallel':
      return Math.max(...part.parts.map((each) => runPart(each, running)));
    case 'either':
      return runPart(random.pick(part.parts), running);
    case 'maybe':
      return random.below(2) === 0 ? startMs : runPart(part.part, running);
    case 'loop':
      return runLoop(part, running);
    default:
      return part satisfies never;
  }
}

function runWork({ name, service, body }: Extract<Program, { kind: 'work' }>, running: Running): number {
  const { random, lines, attribute, startMs, parent } = running;
  const id = `s${lines.length}`;
  const at = lines.push('') - 1;
  const begun = startMs + random.below(3);
  const done = body ? runPart(body, { ...running, startMs: begun + 1, parent: id }) : begun;
  // Now and then somebody does not wait for what it began.
  const endMs = (random.below(12) === 0 ? begun + 1 : done) + 1 + random.below(4);
  lines[at] = `${id} ${service} ${parent === undefined ? '' : `<${parent} `}${begun}-${endMs} ${attribute}=${name}`;
  return Math.max(endMs, done);
}

function runLoop({ part, parallel }: Extract<Program, { kind: 'loop' }>, running: Running): number {
  let now = running.startMs;
  for (let rounds = 1 + running.random.below(3); rounds > 0; rounds--) {
    now = Math.max(now, runPart(part, parallel ? running : { ...running, startMs: now + 1 }));
  }
  return now;
}
