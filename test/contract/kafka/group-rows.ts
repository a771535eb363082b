import { expect } from 'chai';
import { failureOf, type KafkaBench, until, valuesOf } from './kafka-bench.js';

export function groupRows(bench: KafkaBench): void {
  describe('groups', () => {
    it('shares the partitions between two consumers and loses nothing in the rebalance', async () => {
      const topic = await bench.newTopic(4);
      const groupId = bench.unique('group');
      const spread = (round: string) =>
        Array.from({ length: 20 }, (_, i) => ({ partition: i % 4, value: `${round}-${i}` }));
      const first = await bench.consume(topic, { groupId });
      await until('the first has all', () => first.assigned().length === 4);
      await bench.send(topic, spread('before'));
      const second = await bench.consume(topic, { groupId });
      await bench.send(topic, spread('during'));
      await until('each has half', () => first.assigned().length === 2 && second.assigned().length === 2);
      expect([...first.assigned(), ...second.assigned()].sort()).to.deep.equal([0, 1, 2, 3]);
      await bench.send(topic, spread('after'));
      const distinct = () => new Set(valuesOf([...first.seen, ...second.seen])).size;
      await until('all are seen', () => distinct() === 60);
      const after = second.seen.filter(({ value }) => value?.startsWith('after'));
      expect(after).to.have.length(10);
    });

    it('gives the partitions of a consumer that leaves to the one that stays', async () => {
      const topic = await bench.newTopic(2);
      const groupId = bench.unique('group');
      const first = await bench.consume(topic, { groupId });
      const second = await bench.consume(topic, { groupId });
      await until('each has one', () => first.assigned().length === 1 && second.assigned().length === 1);
      await second.consumer.disconnect();
      await until('one has both', () => first.assigned().length === 2);
    });

    it('lists, describes and deletes groups', async () => {
      const topic = await bench.newTopic();
      const groupId = bench.unique('group');
      const { consumer, assigned } = await bench.consume(topic, { groupId });
      await until('it has joined', () => assigned().length === 1);
      const { groups: listed } = await bench.admin.listGroups();
      expect(listed).to.deep.include({ groupId, protocolType: 'consumer' });
      const [described] = (await bench.admin.describeGroups([groupId])).groups;
      expect(described).to.include({ state: 'Stable', protocolType: 'consumer', protocol: 'RoundRobinAssigner' });
      expect(described?.members).to.have.length(1);
      expect(described?.members[0]?.clientId).to.equal('kafka-battery');
      const refused = await failureOf(bench.admin.deleteGroups([groupId]));
      expect(JSON.stringify(refused)).to.contain('NON_EMPTY_GROUP');
      await consumer.disconnect();
      await bench.admin.deleteGroups([groupId]);
      const [gone] = (await bench.admin.describeGroups([groupId])).groups;
      expect(gone?.state).to.equal('Dead');
    });

    it('says that it does not know a group that is to be deleted', async () => {
      const failure = await failureOf(bench.admin.deleteGroups([bench.unique('group')]));
      expect(JSON.stringify(failure)).to.contain('GROUP_ID_NOT_FOUND');
    });
  });
}
