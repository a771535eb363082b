import { expect } from 'chai';
import { environmentLines, environmentOf, servicesWithoutAddress } from './environment.js';
import { fixedPorts } from './port-settings.js';

describe('the environment of the services', () => {
  it('is told a variable a line, in the order of the names', () => {
    const environment = environmentOf([{ environment: { B: '2', A: '1' } }, { environment: { AB: 'x=y' } }]);
    expect(environmentLines(environment)).to.equal('A=1\nAB=x=y\nB=2\n');
  });

  it('is nothing for no services', () => expect(environmentLines(environmentOf([]))).to.equal(''));

  it('decides which services are started: those whose address it does not give', () => {
    expect(servicesWithoutAddress({})).to.deep.equal(['redis', 'kafka', 'neo4j']);
    expect(servicesWithoutAddress({ REDIS_URL: 'redis://h:1', NEO4J_URL: '' })).to.deep.equal(['kafka', 'neo4j']);
    expect(servicesWithoutAddress({ REDIS_URL: 'r', KAFKA_BROKERS: 'k', NEO4J_URL: 'n' })).to.deep.equal([]);
  });

  it('may move each port', () => {
    const usual = fixedPorts({});
    expect(new Set(Object.values(usual)).size).to.equal(4);
    expect(fixedPorts({ TRACECOURT_KAFKA_PORT: '2000', TRACECOURT_REDIS_PORT: '' })).to.deep.equal({
      ...usual,
      kafka: 2000,
    });
  });

  for (const port of ['0', '65536', '-1', '1.5', 'tcp://10.0.0.1:6379', ' 1', '1e3']) {
    it(`refuses the port "${port}", with the variable's name`, () => {
      expect(() => fixedPorts({ TRACECOURT_NEO4J_PORT: port })).to.throw(
        `TRACECOURT_NEO4J_PORT="${port}" is not a port`,
      );
    });
  }
});
