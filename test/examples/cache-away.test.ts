import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import kafkajs from 'kafkajs';
import { pollUntil } from '../../src/lib/deadline.js';
import { repositoryRoot } from '../helpers/repository.js';
import { startStoreProcess } from '../helpers/store-process.js';

describe('a notifier whose cache was killed', () => {
  it('leaves its group when it is told to end, so that the next one need not wait for it', async () => {
    await using cache = await startStoreProcess('redis');
    await using log = await startStoreProcess('kafka');
    const notifier = spawn(process.execPath, ['build/notifier.js'], {
      cwd: `${repositoryRoot}examples/gpu-allocation`,
      env: { ...process.env, ...cache.environment, ...log.environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    notifier.stderr.resume();
    await once(createInterface({ input: notifier.stdout }), 'line');
    const brokers = [log.environment['KAFKA_BROKERS'] ?? ''];
    const kafka = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    const members = async () => (await admin.describeGroups(['notifier'])).groups[0]?.members.length;
    expect(await members()).to.equal(1);

    process.kill(cache.pid, 'SIGKILL');
    const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    await producer.send({ topic: 'gpu.allocated', messages: [{ key: 'a decision', value: '{}' }] });
    await producer.disconnect();
    // The message is under way once the cache was tried for it.
    const failed = once(notifier.stderr, 'data');
    await failed;
    notifier.stdin.end();
    await once(notifier, 'exit');
    const left = await pollUntil(async () => ((await members()) === 0 ? true : undefined), {
      timeoutMs: 10_000,
      everyMs: 50,
    });
    await admin.disconnect();
    expect(left).to.equal(true);
  });
});
