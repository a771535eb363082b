import { expect } from 'chai';
import { kafkaPlan } from './kafka-plan.js';
import { neo4jPlan } from './neo4j-plan.js';
import { redisPlan } from './redis-plan.js';
import type { PlanContext, ServicePlan } from './service-plan.js';

const context: PlanContext = {
  home: '/home/of/it',
  libraries: '/jars',
  ports: { redis: 1001, kafka: 1002, kafkaController: 1003, neo4j: 1004 },
  password: 'a-password',
  clusterId: 'AAAAAAAAAAAAAAAAAAAAAA',
};

const plans: readonly ServicePlan[] = [redisPlan(context), kafkaPlan(context), neo4jPlan(context)];

/** Everything that a plan says to a process or a file. */
function wordsOf({ command, preparation, files }: ServicePlan): string {
  return [...command, ...preparation.flat(), ...Object.values(files)].join('\n');
}

describe('the plans of the services', () => {
  for (const plan of plans) {
    it(`keeps ${plan.name} on the loopback interface`, () => {
      const addresses = wordsOf(plan).match(/\b\d{1,3}(\.\d{1,3}){3}\b/g) ?? [];
      expect(addresses).not.to.have.length(0);
      expect(addresses.every((address) => address === '127.0.0.1')).to.equal(true);
      expect(wordsOf(plan)).not.to.match(/localhost|\*:\d|:\/\/:/);
    });

    it(`names every port that ${plan.name} opens, and no other`, () => {
      const named = new Set(wordsOf(plan).match(/\b100\d\b/g));
      expect([...named].map(Number)).to.have.members([...plan.ports]);
    });

    it(`limits the memory of ${plan.name}`, () => {
      expect(plan.command.join(' ')).to.match(/-Xmx\d+m|--maxmemory \d+mb/);
    });

    it(`keeps what ${plan.name} writes in its folder`, () => {
      const paths = wordsOf(plan).match(/(?<![\w:/.])\/[\w./*-]+/g) ?? [];
      expect(paths.every((path) => path.startsWith('/home/of/it') || path.startsWith('/jars/'))).to.equal(true);
    });
  }

  it('tells the variables that Tracecourt reads', () => {
    expect(Object.assign({}, ...plans.map(({ environment }) => environment))).to.deep.equal({
      REDIS_URL: 'redis://127.0.0.1:1001',
      KAFKA_BROKERS: '127.0.0.1:1002',
      NEO4J_URL: 'bolt://127.0.0.1:1004',
      NEO4J_USER: 'neo4j',
      NEO4J_PASSWORD: 'a-password',
    });
  });

  it('gives Kafka an id that begins with a dash as a value, and not as an option', () => {
    const [format] = kafkaPlan({ ...context, clusterId: '-7q2Mtns_-b6iEWpcneAgg' }).preparation;
    expect(format).to.include('--cluster-id=-7q2Mtns_-b6iEWpcneAgg');
  });

  it('asks Kafka for no second copy of anything, which one node could not keep', () => {
    const properties = kafkaPlan(context).files['server.properties']!;
    const replication = properties.match(/^.*(replication\.factor|min\.isr)=.*$/gm)!;
    expect(replication).to.have.length(5);
    expect(replication.every((line) => line.endsWith('=1'))).to.equal(true);
  });

  it('keeps Neo4j behind its password, without HTTP, and silent towards its makers', () => {
    expect(neo4jPlan(context).files['conf/neo4j.conf']!.split('\n')).to.include.members([
      'dbms.security.auth_enabled=true',
      'server.http.enabled=false',
      'server.https.enabled=false',
      'dbms.usage_report.enabled=false',
    ]);
  });
});
