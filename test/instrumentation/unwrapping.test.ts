import { createRequire } from 'node:module';
import { KafkaInstrumentation, Neo4jInstrumentation, RedisInstrumentation } from '@tracecourt/instrumentation';
import { expect } from 'chai';

const require = createRequire(import.meta.url);

interface Patched {
  readonly create: () => { disable(): void; enable(): void };
  readonly patched: () => readonly unknown[];
}

const CLIENTS: Readonly<Record<string, Patched>> = {
  ioredis: {
    create: () => new RedisInstrumentation(),
    patched: () => {
      const { prototype } = require('ioredis');
      return [prototype.sendCommand, prototype.connect];
    },
  },
  kafkajs: {
    create: () => new KafkaInstrumentation(),
    patched: () => {
      const { prototype } = require('kafkajs').Kafka;
      return [prototype.producer, prototype.consumer];
    },
  },
  'neo4j-driver': {
    create: () => new Neo4jInstrumentation(),
    patched: () => {
      const { Session, Transaction } = require('neo4j-driver');
      return [Session.prototype.run, Transaction.prototype.run];
    },
  },
};

describe('taking the instrumentation off again', () => {
  for (const [name, { create, patched }] of Object.entries(CLIENTS)) {
    it(`restores the very functions of ${name}, and on again wraps them once`, () => {
      const before = patched();
      const instrumentation = create();
      const [main] = patched();
      expect(main).to.not.equal(before[0]);
      instrumentation.disable();
      expect(patched().map((fn, i) => fn === before[i])).to.deep.equal([true, true]);
      instrumentation.enable();
      expect((patched()[0] as { __original: unknown }).__original).to.equal(before[0]);
      instrumentation.disable();
      expect(patched().map((fn, i) => fn === before[i])).to.deep.equal([true, true]);
    });
  }
});
