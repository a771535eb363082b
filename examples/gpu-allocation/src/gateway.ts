import { withRequestId } from './service/request-id.js';
import { runService } from './service/run-service.js';
import { settings } from './service/settings.js';

const PATIENCE_MS = 30_000;

/** The way in: `POST /allocations` goes to the allocator, with a request id. */
await runService('gateway', async () => {
  const { ALLOCATOR_URL } = settings('ALLOCATOR_URL');

  const forward = async (body: unknown) => {
    const response = await fetch(`${ALLOCATOR_URL}/allocations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body ?? null),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return { status: response.status, body: (await response.json()) as unknown };
  };

  return {
    routes: {
      'POST /allocations': ({ body }) =>
        withRequestId(async (requestId) => {
          const answer = await forward(body).catch((error: unknown) => ({
            status: 502,
            body: { error: String(error) },
          }));
          return { ...answer, headers: { 'x-request-id': requestId } };
        }),
    },
  };
});
