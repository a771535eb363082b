import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { parse } from 'yaml';
import { loadFlow } from '../../src/flow/index.js';
import { flowJsonSchema } from '../../src/flow/json-schema.js';
import { readRepositoryFile } from '../helpers/repository.js';
import { FULL_FLOW } from './full-flow.js';
import { SAMPLE_FLOW } from './sample-flow.js';

const IN_DOCS = [...readRepositoryFile('docs/flow.md').matchAll(/<!-- flow -->\n```yaml\n(.*?)\n```/gs)].map(
  ([, text = '']) => text,
);
const FLOWS = [
  SAMPLE_FLOW,
  FULL_FLOW,
  ...['gpu-allocation', 'calls', 'house-rules'].map((name) =>
    readRepositoryFile(`examples/gpu-allocation/${name}.flow.yaml`),
  ),
  ...IN_DOCS,
];

/** Mistakes that a shape alone shows: the schema and the loader MUST both refuse them. */
const MISSHAPEN: readonly (readonly [from: string, to: string])[] = [
  ['version: 1', 'version: 2'],
  ['flow: gpu-allocation', 'flow: "- -"'],
  ['unexpected: report', 'unexpected: repot'],
  ['unexpected:', 'unexpcted:'],
  ['prove: false', 'prove: maybe'],
  ['correlation: []', 'correlation: [3]'],
  ['service: notifier', 'servce: notifier'],
  ['kind: consumer', 'kind: consumr'],
  ['may-fail: true', 'may-fail: 1'],
  ['    - allocation', '    - 5'],
  ['    - allocation', '    - parallel: []'],
  ['    - allocation', '    - { sequence: [allocation], choice: [allocation] }'],
  ['step: council-vote, times: 3..5', 'step: council-vote'],
  ['times: 3..5', 'times: -1'],
  ['times: 3..5', 'times: often'],
  ['step: council-vote, times: 3..5', 'step: council-vote, of: council-vote, times: 3..5'],
  ['step: council-vote, times: 3..5', 'times: 3..5'],
  ['neo4j: {', 'neo4: {'],
  ['count: 1, consumed', 'count: -1, consumed'],
  ['consumed-by', 'consumed_by'],
  ['needed: 3', 'needed: three'],
  ['gpu.allocated: 1 }', 'gpu.allocated: one }'],
];

async function loads(text: string): Promise<boolean> {
  return loadFlow(text, 'f').then(
    () => true,
    () => false,
  );
}

describe('the JSON Schema of flow files', () => {
  let validate: ValidateFunction;
  before(() => {
    validate = new Ajv2020({ strict: false }).compile(flowJsonSchema());
  });

  it('is the one that is published', () => {
    const published = JSON.parse(readRepositoryFile('docs/flow.schema.json')) as unknown;
    expect(published, 'write it anew: npx tracecourt flow schema > docs/flow.schema.json').to.deep.equal(
      flowJsonSchema(),
    );
  });

  for (const [i, text] of FLOWS.entries()) {
    it(`accepts flow ${i + 1} of those that load`, async () => {
      expect(await loads(text)).to.equal(true);
      expect(validate(parse(text)), JSON.stringify(validate.errors?.slice(0, 3))).to.equal(true);
    });
  }

  for (const [from, to] of MISSHAPEN) {
    it(`refuses "${to}", as the loader does`, async () => {
      const text = SAMPLE_FLOW.replace(from, () => to);
      expect(text).not.to.equal(SAMPLE_FLOW);
      expect(await loads(text)).to.equal(false);
      expect(validate(parse(text))).to.equal(false);
    });
  }

  it('knows every key that the loader knows', async () => {
    const { properties } = flowJsonSchema() as { readonly properties: Readonly<Record<string, unknown>> };
    const { TOP_LEVEL_KEYS } = await import('../../src/flow/flow-schema.js');
    expect(Object.keys(properties)).to.have.members([...TOP_LEVEL_KEYS]);
  });
});
