import { currentRequestId } from '@tracecourt/instrumentation';
import { planted } from './planted-defects.js';
import { postJson } from './service/http-client.js';
import type { Answer } from './service/http-server.js';
import { runService } from './service/run-service.js';
import { settings } from './service/settings.js';
import { withBaggageAlone } from './service/tracing.js';

const PATIENCE_MS = 30_000;

/** The way in: `POST /allocations` goes on to the allocator; the answer names the request's id. */
await runService('gateway', async () => {
  const { ALLOCATOR_URL } = settings('ALLOCATOR_URL');
  return {
    routes: {
      'POST /allocations': async ({ body }) => {
        const toAllocator = (): Promise<Answer> =>
          postJson(`${ALLOCATOR_URL}/allocations`, body ?? null, AbortSignal.timeout(PATIENCE_MS));
        const answer = await (planted('broken-context') ? withBaggageAlone(toAllocator) : toAllocator()).catch(
          badGateway,
        );
        return { ...answer, headers: { 'x-request-id': currentRequestId() ?? '' } };
      },
    },
  };
});

function badGateway(error: unknown): Answer {
  console.error(error);
  return { status: 502, body: { error: 'the allocator does not answer' } };
}
