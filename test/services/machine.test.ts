import { expect } from 'chai';
import { goMinor, javaMajor, type Machine, missingHere, type Needs } from './machine.js';

const everything: Needs = { redis: true, java: true, maven: true };

function machine(programs: readonly string[], facts: Partial<Machine> = {}): Machine {
  return { platform: 'linux', isRoot: true, java: 17, go: 26, has: (program) => programs.includes(program), ...facts };
}

const complete = ['flock', 'mvn', 'redis-server', 'apt-get'];

describe('what is missing on a machine', () => {
  const rows: readonly { what: string; on: Machine; needs?: Needs; says: readonly RegExp[] }[] = [
    { what: 'a complete machine', on: machine(complete), says: [] },
    {
      what: 'no Java',
      on: machine(complete, { java: undefined }),
      says: [/^Java 17 .*missing.*apt-get install openjdk/],
    },
    { what: 'an old Java', on: machine(complete, { java: 11 }), says: [/^Java 17 .*this is Java 11/] },
    { what: 'a newer Java', on: machine(complete, { java: 21 }), says: [] },
    { what: 'no Maven', on: machine(['flock', 'redis-server']), says: [/^Maven .*apt-get install maven/] },
    {
      what: 'no Maven, but the jars are there',
      on: machine(['flock', 'redis-server']),
      needs: { ...everything, maven: false },
      says: [],
    },
    { what: 'no Redis, as root', on: machine(['flock', 'mvn', 'apt-get']), says: [] },
    {
      what: 'no Redis, not as root',
      on: machine(['flock', 'mvn', 'apt-get'], { isRoot: false }),
      says: [/^redis-server .*only root.*sudo apt-get install redis-server/],
    },
    { what: 'no Redis and no apt-get', on: machine(['flock', 'mvn']), says: [/^redis-server .*no apt-get/] },
    {
      what: 'neither Java nor Redis, and only Redis is wanted',
      on: machine(['flock', 'apt-get'], { java: undefined }),
      needs: { redis: true, java: false, maven: false },
      says: [],
    },
    {
      what: 'nothing at all',
      on: machine([], { java: undefined, isRoot: false }),
      says: [/^flock/, /^Java/, /^Maven/, /^redis-server/],
    },
    { what: 'another system', on: machine([], { platform: 'darwin' }), says: [/needs Linux.*darwin.*REDIS_URL/] },
  ];
  for (const { what, on, needs = everything, says } of rows) {
    it(`${what}: ${says.length === 0 ? 'nothing' : `${says.length} sentence${says.length > 1 ? 's' : ''} with what to do`}`, () => {
      const sentences = missingHere(on, needs);
      expect(sentences).to.have.length(says.length);
      for (const [row, pattern] of says.entries()) expect(sentences[row]).to.match(pattern);
    });
  }
});

describe("Java's version", () => {
  const rows = [
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['java version "1.8.0_402"', 8],
    ['openjdk version "21" 2023-09-19', 21],
    ['openjdk version "25-ea" 2025-09-16', 25],
    ['Picked up _JAVA_OPTIONS: -Xmx1g\nopenjdk version "17.0.15"', 17],
    ['The operation couldn’t be completed. Unable to locate a Java Runtime.', undefined],
  ] as const;
  for (const [said, major] of rows) {
    it(`is ${major ?? 'unknown'} for: ${said.split('\n').at(-1)}`, () => expect(javaMajor(said)).to.equal(major));
  }
});

describe("Go's version", () => {
  const rows = [
    ['go version go1.26.8 linux/amd64', 26],
    ['go version go1.25 linux/arm64', 25],
    ['go version devel go1.27-abcdef linux/amd64', 27],
    ['command not found', undefined],
  ] as const;
  for (const [said, minor] of rows) {
    it(`is ${minor ?? 'unknown'} for: ${said}`, () => expect(goMinor(said)).to.equal(minor));
  }
});
