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
  const run = (part: Program, startMs: number, parent: string | undefined): number => {
    switch (part.kind) {
      case 'work': {
        const id = `s${lines.length}`;
        const at = lines.push('') - 1;
        const begun = startMs + random.below(3);
        const done = part.body ? run(part.body, begun + 1, id) : begun;
        // Now and then somebody does not wait for what it began.
        const endMs = (random.below(12) === 0 ? begun + 1 : done) + 1 + random.below(4);
        const under = parent === undefined ? '' : `<${parent} `;
        lines[at] = `${id} ${part.service} ${under}${begun}-${endMs} ${stated ? 'step' : 'name'}=${part.name}`;
        return Math.max(endMs, done);
      }
      case 'sequence':
        return part.parts.reduce((now, each) => run(each, now + 1, parent), startMs);
      case 'parallel':
        return Math.max(...part.parts.map((each) => run(each, startMs, parent)));
      case 'either':
        return run(random.pick(part.parts), startMs, parent);
      case 'maybe':
        return random.below(2) === 0 ? startMs : run(part.part, startMs, parent);
      case 'loop': {
        let now = startMs;
        for (let rounds = 1 + random.below(3); rounds > 0; rounds--) {
          const end = run(part.part, part.parallel ? startMs : now + 1, parent);
          now = Math.max(now, end);
        }
        return now;
      }
      default:
        return part satisfies never;
    }
  };
  run(program, 0, undefined);
  return lines.join('\n');
}
