import { startEmbeddedNeo4j } from '../../src/embedded/bolt/index.js';
import { startEmbeddedKafka } from '../../src/embedded/kafka/index.js';
import { startEmbeddedRedis } from '../../src/embedded/redis/index.js';

/** A program: one embedded store on any free port, until its standard input closes. Says where it is in one line. */
const START = { neo4j: startEmbeddedNeo4j, redis: startEmbeddedRedis, kafka: startEmbeddedKafka };

const server = await START[process.argv[2] as keyof typeof START]();
process.stdout.write(`${JSON.stringify({ ready: true, url: server.url })}\n`);
await new Promise((resolve) => process.stdin.resume().once('end', resolve).once('close', resolve));
await server[Symbol.asyncDispose]();
process.exit(0);
