/** From the bytes of one request to the bytes of its answer. */

import { ByteWriter } from '../byte-writer.js';
import type { BrokerState, Call } from './broker-state.js';
import { ByteReader, MalformedBytes } from './codec/byte-reader.js';
import { type Field, int16, int32, nullableString, struct } from './codec/field.js';
import { apiVersionsAnswer } from './handlers/cluster-handlers.js';
import type { Handler, RequestOf, ResponseOf } from './handlers/handler.js';
import { HANDLERS } from './handlers/index.js';
import { API_TABLE, type ApiName, apiOfKey, speaksVersion } from './protocol/api-table.js';
import { ErrorCode } from './protocol/error-code.js';

const requestHeader = struct({ apiKey: int16, version: int16, correlationId: int32, clientId: nullableString });

/** What goes back on the connection. No reply: the client asked for none. */
export interface FrameAnswer {
  readonly reply: Buffer | undefined;
  /** The connection ends behind the reply. */
  readonly close: boolean;
}

export type Caller = Pick<Call, 'clientHost' | 'nowMs' | 'isAbandoned'>;

/**
 * Answers one frame. A message or version that this broker does not speak gets UNSUPPORTED_VERSION and the end of the
 * connection, since the rest of that answer's form is not known. Throws MalformedBytes for what is no request at all.
 */
export async function answerFrame(state: BrokerState, frame: Buffer, caller: Caller): Promise<FrameAnswer> {
  const from = new ByteReader(frame);
  const { apiKey, version, correlationId, clientId } = requestHeader.read(from, 0);
  const api = apiOfKey(apiKey);
  if (api === 'apiVersions' && !speaksVersion(api, version)) {
    const answer = apiVersionsAnswer(ErrorCode.unsupportedVersion);
    return { reply: replyOf(correlationId, API_TABLE[api].response, answer, 0), close: false };
  }
  if (!api || !speaksVersion(api, version)) {
    return { reply: replyOf(correlationId, int16, ErrorCode.unsupportedVersion, 0), close: true };
  }
  const call = { ...caller, version, clientId: clientId ?? '' };
  return answerApi(api, { state, from, call, correlationId });
}

async function answerApi<A extends ApiName>(
  api: A,
  context: {
    readonly state: BrokerState;
    readonly from: ByteReader;
    readonly call: Call;
    readonly correlationId: number;
  },
): Promise<FrameAnswer> {
  const { state, from, call, correlationId } = context;
  const request = (API_TABLE[api].request as Field<RequestOf<A>>).read(from, call.version);
  if (from.remaining > 0) throw new MalformedBytes(`${from.remaining} bytes behind the end of a request`);
  const handle = HANDLERS[api] as Handler<A>;
  const response = await handle(state, request, call);
  if (api === 'produce' && isUnacknowledged(request as RequestOf<'produce'>)) {
    return { reply: undefined, close: hasFailed(response as ResponseOf<'produce'>) };
  }
  const field = API_TABLE[api].response as Field<ResponseOf<A>>;
  return { reply: replyOf(correlationId, field, response, call.version), close: false };
}

function isUnacknowledged({ acks }: RequestOf<'produce'>): boolean {
  return acks === 0;
}

/** A producer that wants no acknowledgement can be told of a failure only by ending its connection. */
function hasFailed({ topics }: ResponseOf<'produce'>): boolean {
  return topics.some(({ partitions }) => partitions.some(({ errorCode }) => errorCode !== ErrorCode.none));
}

function replyOf<T>(correlationId: number, field: Field<T>, value: T, version: number): Buffer {
  const to = new ByteWriter();
  to.int32(0);
  to.int32(correlationId);
  field.write(to, value, version);
  const reply = to.finish();
  reply.writeInt32BE(reply.length - 4, 0);
  return reply;
}
