import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { OLDEST_JAVA } from './pins.js';
import { runCommand } from './run-command.js';

/** What of this machine the launcher depends on. */
export interface Machine {
  readonly platform: string;
  readonly isRoot: boolean;
  /** Java's major version; undefined when there is none. */
  readonly java: number | undefined;
  /** The second number of Go's version; undefined when there is none. */
  readonly go: number | undefined;
  has(program: string): boolean;
}

export interface Needs {
  readonly redis: boolean;
  /** Kafka or Neo4j are to be started. */
  readonly java: boolean;
  /** Their jars are not in the cache. */
  readonly maven: boolean;
}

/** What is missing here and how to get it, a sentence each; nothing when the services can be fetched and started. */
export function missingHere(machine: Machine, needs: Needs): readonly string[] {
  if (machine.platform !== 'linux') {
    return [
      `The launcher needs Linux, and this is ${machine.platform}. Start the services yourself and set REDIS_URL, KAFKA_BROKERS, NEO4J_URL, NEO4J_USER and NEO4J_PASSWORD.`,
    ];
  }
  return [
    ...missingFlock(machine),
    ...(needs.java ? missingJava(machine.java) : []),
    ...(needs.maven && !machine.has('mvn')
      ? ['Maven (mvn) is missing: it fetches Kafka and Neo4j. On Debian: apt-get install maven.']
      : []),
    ...(needs.redis ? missingRedis(machine) : []),
  ];
}

/** Every part of the launcher needs the lock. */
export function missingFlock({ has }: Machine): readonly string[] {
  return has('flock') ? [] : ['flock is missing: it holds the lock. On Debian: apt-get install util-linux.'];
}

function missingJava(java: number | undefined): readonly string[] {
  if (java !== undefined && java >= OLDEST_JAVA) return [];
  const what = java === undefined ? 'is missing' : `is needed, and this is Java ${java}`;
  return [
    `Java ${OLDEST_JAVA} or newer ${what}: Kafka and Neo4j run on it. On Debian: apt-get install openjdk-17-jre-headless.`,
  ];
}

function missingRedis({ has, isRoot }: Machine): readonly string[] {
  if (has('redis-server')) return [];
  if (!has('apt-get'))
    return [
      'redis-server is missing, and there is no apt-get to install it with. Install Redis 7 so that redis-server is on the PATH.',
    ];
  return isRoot ? [] : ['redis-server is missing, and only root may install it: sudo apt-get install redis-server.'];
}

/** This machine as it is. */
export async function thisMachine(environment: NodeJS.ProcessEnv = process.env): Promise<Machine> {
  const has = (program: string) => isOnPath(program, environment['PATH'] ?? '');
  const ask = (program: string, flag: string) =>
    has(program) ? runCommand([program, flag], { purpose: `Asking ${program} for its version` }) : '';
  const [java, go] = await Promise.all([ask('java', '-version'), ask('go', 'version')]);
  return { platform: process.platform, isRoot: process.getuid?.() === 0, java: javaMajor(java), go: goMinor(go), has };
}

/** The second number of the version in what `go version` prints; the first has been 1 for ever. */
export function goMinor(said: string): number | undefined {
  const minor = /\bgo1\.(\d+)/.exec(said)?.[1];
  return minor === undefined ? undefined : Number(minor);
}

/** The major version in what `java -version` prints; the old way of counting, `1.8`, is version 8. */
export function javaMajor(said: string): number | undefined {
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(said) ?? [];
  if (first === undefined) return undefined;
  return Number(first === '1' ? (second ?? first) : first);
}

function isOnPath(program: string, path: string): boolean {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
