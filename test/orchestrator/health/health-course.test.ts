import { expect } from 'chai';
import type { HealthState } from '../../../src/model/index.js';
import { type HealthCourse, nextCourse } from '../../../src/orchestrator/health/health-course.js';

const CHECKED: Readonly<Record<string, HealthState>> = { '+': 'healthy', '-': 'unhealthy' };

/** The course of checks written as + and -, one a second, in the same signs. */
function courseOf(checks: string, [failures, successes]: readonly [number, number]): readonly HealthCourse[] {
  let course: HealthCourse | undefined;
  return [...checks].map((sign, second) => {
    course = nextCourse(course, CHECKED[sign]!, { rules: { failures, successes }, nowMs: second * 1_000 });
    return course;
  });
}

const inSigns = (courses: readonly HealthCourse[]) =>
  courses.map(({ state }) => (state === 'healthy' ? '+' : '-')).join('');

describe('the course of a service', () => {
  const rows: readonly (readonly [what: string, rules: readonly [number, number], checks: string, states: string])[] = [
    ['believes the first check', [3, 2], '-', '-'],
    ['changes at the third failure in a row', [3, 2], '+---', '+++-'],
    ['begins to count anew after a success', [3, 2], '+--+--+---', '+++++++++-'],
    ['recovers at the second success in a row', [3, 2], '-+-++', '----+'],
    ['is that of the drawing', [3, 2], '+++-+----+-+++', '+++++++-----++'],
    ['follows each check where one is enough', [1, 1], '+-+-', '+-+-'],
    ['is never quicker to recover than it was told', [1, 4], '+-+++-++++', '+--------+'],
  ];
  for (const [what, rules, checks, states] of rows) {
    it(what, () => {
      expect(inSigns(courseOf(checks, rules))).to.equal(states);
    });
  }

  it('tells since when a state holds, and how many checks speak against it', () => {
    const courses = courseOf('++----', [3, 2]);
    expect(courses.map(({ sinceMs, contrary }) => [sinceMs, contrary])).to.deep.equal([
      [0, 0],
      [0, 0],
      [0, 1],
      [0, 2],
      [4_000, 0],
      [4_000, 0],
    ]);
  });

  it('changes only after as many contrary checks in a row as the rules say, whatever the checks', () => {
    for (const rules of [
      [1, 1],
      [2, 3],
      [3, 2],
      [4, 1],
    ] as const) {
      for (let bits = 0; bits < 1 << 10; bits++) {
        const checks = Array.from({ length: 10 }, (_, i) => ((bits >> i) & 1 ? '+' : '-')).join('');
        const states = inSigns(courseOf(checks, rules));
        for (let i = 1; i < checks.length; i++) {
          if (states[i] === states[i - 1]) continue;
          const needed = states[i] === '-' ? rules[0] : rules[1];
          expect(checks.slice(i + 1 - needed, i + 1), `${checks} under ${rules}`).to.equal(states[i]!.repeat(needed));
        }
      }
    }
  });
});
