import { currentRequestId } from '@tracecourt/instrumentation';
import { planted } from './planted-defects.js';
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
        const toAllocator = () => forward(`${ALLOCATOR_URL}/allocations`, body);
        const answer = await (planted('broken-context') ? withBaggageAlone(toAllocator) : toAllocator()).catch(
          badGateway,
        );
        return { ...answer, headers: { 'x-request-id': currentRequestId() ?? '' } };
      },
    },
  };
});

async function forward(url: string, body: unknown): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body ?? null),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  return { status: response.status, body: await response.json() };
}

function badGateway(error: unknown): Answer {
  console.error(error);
  return { status: 502, body: { error: 'the allocator does not answer' } };
}
