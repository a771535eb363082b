import { createRequire } from 'node:module';
import type { Client, Server, ServerUnaryCall, ServerWritableStream, ServiceError, sendUnaryData } from '@grpc/grpc-js';
import { GrpcInstrumentation } from '@tracecourt/instrumentation';
import { subject } from './subject.js';
import type { Method } from './watched-calls.js';

const require = createRequire(import.meta.url);
const FILE = '@grpc/grpc-js/build/src/client-interceptors.js';

/** One file of it is patched when it is first loaded: whoever has loaded it before is forgotten. */
function grpc(): typeof import('@grpc/grpc-js') {
  return require('@grpc/grpc-js') as typeof import('@grpc/grpc-js');
}

let isFresh = false;

function loadFresh(): void {
  if (isFresh) return;
  isFresh = true;
  for (const file of Object.keys(require.cache))
    if (/[\\/]@grpc[\\/]grpc-js[\\/]/.test(file)) delete require.cache[file];
  grpc();
}

const toBytes = (value: unknown) => Buffer.from(JSON.stringify(value));
const fromBytes = (bytes: Buffer) => JSON.parse(bytes.toString()) as unknown;
const path = (name: string) => `/laws.Laws/${name}`;

interface Peers {
  readonly server: Server;
  readonly client: Client;
}

/** Handlers are wrapped as they are registered, so each call has a server of its own. */
async function serving<R>(work: (peers: Peers) => Promise<R>): Promise<R> {
  const { Server: ServerClass, ServerCredentials, Client: ClientClass, credentials } = grpc();
  const server = new ServerClass();
  server.register(path('Echo'), echo, toBytes, fromBytes, 'unary');
  server.register(path('Refuse'), refuse, toBytes, fromBytes, 'unary');
  server.register(path('Throw'), throwing, toBytes, fromBytes, 'unary');
  server.register(path('Count'), count, toBytes, fromBytes, 'serverStream');
  const port = await new Promise<number>((resolve) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_, bound) => resolve(bound)),
  );
  // A pool of its own: another server may have had the port before.
  const options = { 'grpc.use_local_subchannel_pool': 1 };
  const client = new ClientClass(`127.0.0.1:${port}`, credentials.createInsecure(), options);
  await new Promise<void>((resolve, reject) =>
    client.waitForReady(Date.now() + 10_000, (e) => (e ? reject(e) : resolve())),
  );
  try {
    return await work({ server, client });
  } finally {
    client.close();
    server.forceShutdown();
  }
}

function echo(call: ServerUnaryCall<unknown, unknown>, callback: sendUnaryData<unknown>): void {
  const trailer = new (grpc().Metadata)();
  trailer.set('spoken-by', 'echo');
  callback(null, call.request, trailer);
}

function refuse(_: ServerUnaryCall<unknown, unknown>, callback: sendUnaryData<unknown>): void {
  callback({ code: grpc().status.NOT_FOUND, details: 'as asked' });
}

function throwing(): never {
  throw new RangeError('no');
}

function count(call: ServerWritableStream<unknown, unknown>): void {
  for (const value of [1, 2, 3]) call.write(value);
  call.end();
}

const asking = (name: string) => () =>
  serving(
    ({ client }) =>
      new Promise((resolve, reject) => {
        let reply: unknown;
        const call = client.makeUnaryRequest(path(name), toBytes, fromBytes, { a: 1 }, (error, value) => {
          if (error) reject(withoutMetadata(error));
          reply = value;
        });
        call.on('status', ({ code, details, metadata }) =>
          resolve({ reply, code, details, trailer: metadata.get('spoken-by') }),
        );
      }),
  );

/** It tells of the connection. */
function withoutMetadata({ code, details, message }: ServiceError): Error {
  return Object.assign(new Error(message), { code, details });
}

export const grpcSubject = subject({
  name: '@grpc/grpc-js',
  isOurs: true,
  instrument() {
    const instrumentation = new GrpcInstrumentation();
    loadFresh();
    grpc();
    return instrumentation;
  },
  wrapped: () => [
    {
      owner: grpc().Server.prototype,
      functions: [
        {
          label: 'register',
          method: 'register',
          rule: { changes: [1] },
          handlers: {
            label: 'a handler',
            // The callback that answers is followed; what a handler that answers at once leaves to be done is nothing.
            rule: { changes: [1], spanOutlives: true },
            map: ([name, handler, ...rest], change) => [name, change(handler as Method), ...rest],
          },
        },
      ],
    },
    {
      owner: require(FILE) as object,
      functions: [
        {
          label: 'getInterceptingCall',
          method: 'getInterceptingCall',
          made: [{ label: 'start', method: 'start', rule: { changes: [0, 1], spanOutlives: true } }],
        },
      ],
    },
  ],
  start: async () => ({ [Symbol.asyncDispose]: async () => undefined }),
  calls: {
    'a call': asking('Echo'),
    'a call that is refused': asking('Refuse'),
    'a call whose handler throws': asking('Throw'),
    'a call of nothing': asking('Nothing'),
    'a stream': () =>
      serving(async ({ client }) => {
        const values = [];
        for await (const value of client.makeServerStreamRequest(path('Count'), toBytes, fromBytes, {}))
          values.push(value);
        return values;
      }),
    'a call without a callback': () =>
      serving(async ({ client }) =>
        Reflect.apply(client.makeUnaryRequest, client, [path('Echo'), toBytes, fromBytes, {}]),
      ),
    'a call that is cancelled': () =>
      serving(
        ({ client }) =>
          new Promise((_, reject) => {
            const call = client.makeUnaryRequest(path('Echo'), toBytes, fromBytes, {}, (error) =>
              reject(withoutMetadata(error as ServiceError)),
            );
            call.cancel();
          }),
      ),
  },
});
