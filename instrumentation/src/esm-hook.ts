/** The loader hook that lets packages imported by ES modules be instrumented. */
import { createRequire, register } from 'node:module';
import { isWrapped } from '@opentelemetry/instrumentation';
import { warnOnce } from './warn.js';

const HOOK = '@opentelemetry/instrumentation/hook.mjs';
const HOOKED = Symbol.for('tracecourt.esm-hook');
const INSTRUMENTED = [
  '@grpc/grpc-js',
  'ioredis',
  'kafkajs',
  'neo4j-driver',
  'http',
  'https',
  'node:http',
  'node:https',
];

/** Registers the hook for the packages that are instrumented here, once in a process. */
export function registerEsmHook(): void {
  const marked = globalThis as { [HOOKED]?: boolean };
  if (marked[HOOKED]) return;
  marked[HOOKED] = true;
  register(HOOK, import.meta.url, { data: { include: INSTRUMENTED } });
}

interface LoadedModule {
  readonly exports?: unknown;
}

/** Where the instrumentation of a package leaves its mark. */
const MARKS: Readonly<Record<string, (exports: never) => unknown>> = {
  '@grpc/grpc-js': ({ Server }: { Server: { prototype: { register: unknown } } }) => Server.prototype.register,
  ioredis: ({ prototype }: { prototype: { sendCommand: unknown } }) => prototype.sendCommand,
  kafkajs: ({ Kafka }: { Kafka: { prototype: { producer: unknown } } }) => Kafka.prototype.producer,
  'neo4j-driver': ({ Session }: { Session: { prototype: { run: unknown } } }) => Session.prototype.run,
};

/** Packages that were loaded past the instrumentation, so that they give no spans. */
export function unpatchedPackages(): readonly string[] {
  const { cache } = createRequire(import.meta.url);
  const loaded = Object.entries(cache as Readonly<Record<string, LoadedModule>>);
  return Object.entries(MARKS)
    .filter(([name, mark]) => loaded.some(([file, module]) => isMainFile(file, name) && isUnpatched(module, mark)))
    .map(([name]) => name);
}

function isMainFile(file: string, name: string): boolean {
  const path = file.replaceAll('\\', '/');
  const mains = {
    '@grpc/grpc-js': 'build/src/index.js',
    ioredis: 'built/index.js',
    kafkajs: 'index.js',
    'neo4j-driver': 'lib/index.js',
  };
  return path.endsWith(`/node_modules/${name}/${mains[name as keyof typeof mains]}`);
}

function isUnpatched({ exports }: LoadedModule, mark: (exports: never) => unknown): boolean {
  try {
    const marked = mark(exports as never);
    return typeof marked === 'function' && !isWrapped(marked);
  } catch {
    // Another version with another shape: nothing can be said about it.
    return false;
  }
}

/** Says so, now and as the program goes on, when a package was loaded past the instrumentation. */
export function watchForUnpatchedPackages(): void {
  setImmediate(warnOfUnpatchedPackages).unref();
  setTimeout(warnOfUnpatchedPackages, 1000).unref();
  process.once('exit', warnOfUnpatchedPackages);
}

function warnOfUnpatchedPackages(): void {
  const names = unpatchedPackages();
  if (names.length === 0) return;
  warnOnce(
    'esm-hook',
    `${names.join(', ')} ${names.length === 1 ? 'was' : 'were'} loaded before tracing could hook in, so no spans come from there. ` +
      'Start the service with `node --import @tracecourt/instrumentation/register app.js`, or call startTracing() in a file given to --import.',
  );
}
