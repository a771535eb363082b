import { setTimeout as delay } from 'node:timers/promises';
import { SpanKind, trace } from '@opentelemetry/api';
import { loseSpan } from './council/lossy-exporter.js';
import { deliberate, MEMBERS, type Member } from './council/members.js';
import { type AllocationRequest, parseAllocationRequest } from './decision.js';
import { planted } from './planted-defects.js';
import { runService } from './service/run-service.js';

const tracer = trace.getTracer('gpu-allocation');

/** Who takes its time when it is told to: a member that is always asked. */
const [SLOW] = MEMBERS;
const SLOW_MS = 1400;

/** Whose spans the exporter loses when it is told to: two members that are always asked. */
const SILENCED = MEMBERS.slice(0, 2);

/** Five members, each of whom answers `POST /members/:name/vote` with `{ member, vote, reluctance }`. */
await runService('council', async () => ({
  routes: {
    'POST /members/:name/vote': async ({ parameters, body }) => {
      const member = MEMBERS.find(({ name }) => name === parameters['name']);
      const request = parseAllocationRequest(body);
      if (!member) return { status: 404, body: { error: `no member is called ${parameters['name']}` } };
      if (!request) return { status: 400, body: { error: 'expected { model, hours }' } };
      return { status: 200, body: await invokeMember(member, request) };
    },
  },
}));

async function invokeMember(member: Member, request: AllocationRequest) {
  const attributes = {
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': member.name,
    'gen_ai.request.model': 'liquid-time-constant',
  };
  return tracer.startActiveSpan(
    `invoke_agent ${member.name}`,
    { kind: SpanKind.INTERNAL, attributes },
    async (span) => {
      try {
        if (planted('slow-vote') && member === SLOW) await delay(SLOW_MS);
        if (planted('lost-telemetry') && SILENCED.includes(member)) loseSpan(span);
        return { member: member.name, ...deliberate(member, request) };
      } finally {
        span.end();
      }
    },
  );
}
