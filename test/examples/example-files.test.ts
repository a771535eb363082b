import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { deliberate, MEMBERS } from 'gpu-allocation/build/council/members.js';
import { type Ballot, hasQuorum, parseAllocationRequest } from 'gpu-allocation/build/decision.js';
import { DEFECTS } from 'gpu-allocation/build/planted-defects.js';
import { parse } from 'yaml';
import { loadFlowFile, matcherWarnings } from '../../src/flow/index.js';

const EXAMPLE = fileURLToPath(new URL('../../../examples/gpu-allocation/', import.meta.url));
const SCENARIOS = ['approve', 'reject', 'no-capacity'] as const;

interface ScenarioFile {
  readonly scenario: string;
  readonly flow: string;
  readonly defects?: { readonly known: Readonly<Record<string, unknown>> };
  readonly start: readonly { readonly name: string; readonly command: readonly string[] }[];
  readonly requests: readonly { readonly http: { readonly body: unknown; readonly status: number } }[];
}

function scenario(name: string): ScenarioFile {
  return parse(readFileSync(`${EXAMPLE}${name}.scenario.yaml`, 'utf8')) as ScenarioFile;
}

describe('the files of the example', () => {
  for (const name of SCENARIOS) {
    it(`${name}: starts services that exist, follows a flow that exists, and knows no defect that is none`, () => {
      const file = scenario(name);
      expect(file.scenario).to.equal(name);
      expect(existsSync(`${EXAMPLE}${file.flow}`)).to.equal(true);
      for (const defect of Object.keys(file.defects?.known ?? {})) expect(DEFECTS).to.include(defect);
      const built = file.start.flatMap(({ command }) => command.filter((word) => word.endsWith('.js')));
      expect(built.map((path) => existsSync(`${EXAMPLE}${path}`))).to.deep.equal(built.map(() => true));
    });
  }

  it('approve: says of every defect what it must lead to', () => {
    expect(Object.keys(scenario('approve').defects?.known ?? {})).to.deep.equal(DEFECTS);
  });

  for (const [name, approved] of [
    ['approve', true],
    ['reject', false],
  ] as const) {
    it(`${name}: the council decides as its request expects`, () => {
      const request = parseAllocationRequest(scenario(name).requests[0]?.http.body);
      if (!request) throw new Error(`${name} asks for nothing`);
      const ballots = MEMBERS.map(
        (member): Ballot => ({ member: member.name, vote: deliberate(member, request).vote }),
      );
      expect(hasQuorum(ballots)).to.equal(approved);
    });
  }

  it('the tutorial shows the request and the status of every scenario, and every defect', () => {
    const tutorial = readFileSync(`${EXAMPLE}README.md`, 'utf8').replace(/ +/g, ' ');
    for (const name of SCENARIOS) {
      for (const { http } of scenario(name).requests) {
        const { model, hours } = http.body as { readonly model: string; readonly hours: number };
        expect(tutorial).to.contain(`| \`{ "model": "${model}", "hours": ${hours} }\` | ${http.status},`);
      }
    }
    for (const defect of DEFECTS) expect(tutorial).to.contain(`| \`${defect}\` |`);
  });

  it('every link of the tutorial leads somewhere', () => {
    const links = [...readFileSync(`${EXAMPLE}README.md`, 'utf8').matchAll(/\]\(([^)#]+)\)/g)].map(
      (match) => match[1] ?? '',
    );
    expect(links).to.have.lengthOf.above(10);
    expect(links.filter((link) => !existsSync(`${EXAMPLE}${link}`))).to.deep.equal([]);
  });
});

describe('the flow of the example', () => {
  const load = () => loadFlowFile(`${EXAMPLE}gpu-allocation.flow.yaml`);

  it('loads, and no span can be two of its steps', async () => {
    expect(matcherWarnings(await load())).to.deep.equal([]);
  });

  it('names every step that the services wrap, and no other that they would have to', async () => {
    const sources = readdirSync(`${EXAMPLE}src/steps`).map((file) =>
      readFileSync(`${EXAMPLE}src/steps/${file}`, 'utf8'),
    );
    const wrapped = sources.flatMap((text) => [...text.matchAll(/wrapStep\(\s*'([^']+)'/g)].map((match) => match[1]));
    const { steps } = await load();
    expect(steps.filter(({ matcher }) => matcher.client === undefined).map(({ name }) => name)).to.have.members(
      wrapped,
    );
  });

  it('says of every step that writes what it must leave', async () => {
    const { effects } = await load();
    expect(effects.map(({ step }) => step)).to.have.members([
      'graph-write',
      'cache-write',
      'event-publish',
      'notification',
      'rejection-notice',
      'rejection-notification',
      'no-capacity',
    ]);
  });
});
