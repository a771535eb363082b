import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import grpc from '@grpc/grpc-js';
import { startEmbeddedNeo4j } from '../src/embedded/bolt/index.js';
import { startEmbeddedKafka } from '../src/embedded/kafka/index.js';
import { startEmbeddedRedis } from '../src/embedded/redis/index.js';

// What wrapper-cost.ts talks to, in a process of its own, whose CPU time is not measured. Prints its addresses as a line of JSON
// and ends when its standard input closes.

const [graph, broker, cache] = await Promise.all([startEmbeddedNeo4j(), startEmbeddedKafka(), startEmbeddedRedis()]);
const web = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1');
await once(web, 'listening');

const rpc = new grpc.Server();
const bytes = (value: Buffer) => value;
rpc.register('/bench.Bench/Echo', echo, bytes, bytes, 'unary');
const rpcPort = await new Promise<number>((resolve) =>
  rpc.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (_, port) => resolve(port)),
);

function echo({ request }: grpc.ServerUnaryCall<Buffer, Buffer>, callback: grpc.sendUnaryData<Buffer>): void {
  callback(null, request);
}

console.log(
  JSON.stringify({
    neo4j: graph.url,
    redis: cache.url,
    kafka: broker.url.replace('kafka://', ''),
    http: `http://127.0.0.1:${(web.address() as AddressInfo).port}`,
    grpc: `127.0.0.1:${rpcPort}`,
  }),
);
process.stdin.resume().on('end', () => process.exit());
