import { type Context, DRAFTED, type Proposal, parseAllocationRequest } from './decision.js';
import { seedInventory } from './inventory.js';
import { nearCache } from './service/near-cache.js';
import { runService } from './service/run-service.js';
import { milliseconds, settings } from './service/settings.js';
import { connectKafka, connectNeo4j, connectRedis } from './service/stores.js';
import { allocationStep } from './steps/allocation.js';
import { cacheWriteStep } from './steps/cache-write.js';
import { contextReadStep } from './steps/context-read.js';
import { councilVoteSteps } from './steps/council-vote.js';
import { eventPublishStep } from './steps/event-publish.js';
import { graphWriteStep } from './steps/graph-write.js';
import { noCapacityStep } from './steps/no-capacity.js';
import { rejectionNoticeStep } from './steps/rejection-notice.js';
import { allocate } from './workflow.js';

/** Runs the workflow: `POST /allocations` with `{ model, hours }`. */
await runService('allocator', async () => {
  const { COUNCIL_URL, TRACECOURT_RUN_ID } = settings(
    'COUNCIL_URL',
    'TRACECOURT_RUN_ID',
    'NEO4J_URL',
    'REDIS_URL',
    'KAFKA_BROKERS',
  );
  const graph = await connectNeo4j();
  const cache = await connectRedis();
  const kafka = await connectKafka('allocator');
  await seedInventory(graph, TRACECOURT_RUN_ID);
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();

  const council = { url: COUNCIL_URL, deadlineMs: milliseconds('COUNCIL_DEADLINE_MS', 3000) };
  const drafts = nearCache<Context>(1000);
  const steps = {
    findGpu: allocationStep(graph, TRACECOURT_RUN_ID),
    askCouncil: councilVoteSteps(council),
    writeGraph: graphWriteStep(graph),
    draftContext: ({ decisionId, gpu, model, hours }: Proposal) =>
      drafts.put(decisionId, { gpu, model, hours, version: DRAFTED }),
    writeCache: cacheWriteStep(cache, drafts),
    readContext: contextReadStep(cache, drafts),
    publishEvent: eventPublishStep(producer),
    noticeRejection: rejectionNoticeStep(producer),
    noticeNoCapacity: noCapacityStep(cache),
  };

  return {
    routes: {
      'POST /allocations': async ({ body }) => {
        const request = parseAllocationRequest(body);
        if (request) return await allocate(steps, request);
        return { status: 400, body: { error: 'expected { model: string, hours: number from 0 to 8760 }' } };
      },
    },
    close: () => Promise.all([graph.close(), cache.quit(), producer.disconnect()]),
  };
});
