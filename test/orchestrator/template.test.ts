import { expect } from 'chai';
import { TracecourtError } from '../../src/errors.js';
import { fillTemplate, fillTemplates } from '../../src/orchestrator/template.js';

describe('fillTemplate', () => {
  const known = new Map([
    ['gateway.http', 'http://127.0.0.1:4711'],
    ['run.id', 'r1'],
  ]);

  it('replaces every reference by what is known of it', () => {
    expect(fillTemplate('${gateway.http}/a?run=${run.id}', known)).to.equal('http://127.0.0.1:4711/a?run=r1');
    expect(fillTemplates({ URL: '${gateway.http}', PLAIN: '$x' }, known)).to.deep.equal({
      URL: 'http://127.0.0.1:4711',
      PLAIN: '$x',
    });
  });

  it('refuses a name that nothing has given, and says what is known', () => {
    expect(() => fillTemplate('${gatway.http}', known))
      .to.throw(TracecourtError, '`${gatway.http}` stands for nothing: known are gateway.http, run.id.')
      .with.property('code', 'invalid-scenario');
  });
});
