/** The official ioredis instrumentation without its traps. */
import type { Span } from '@opentelemetry/api';
import { isWrapped } from '@opentelemetry/instrumentation';
import { type CommandArgs, IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';

/** What the client says on its own account while it connects. */
const HANDSHAKE = new Set(['auth', 'client', 'command', 'hello', 'info', 'readonly', 'select']);

/** Commands whose first argument is no key. */
const KEYLESS = new Set([
  'acl',
  'config',
  'echo',
  'eval',
  'eval_ro',
  'evalsha',
  'evalsha_ro',
  'function',
  'memory',
  'object',
  'ping',
  'script',
  'xread',
  'xreadgroup',
]);
const MAX_ARGUMENTS_SHOWN = 16;

/** `SET ctx:42 ? ? ?`: the command in capitals, the key, and a `?` for everything else. */
export function redisQueryText(command: string, args: CommandArgs): string {
  const keyless = KEYLESS.has(command.toLowerCase());
  const shown = args.slice(0, MAX_ARGUMENTS_SHOWN).map((arg, i) => (i === 0 && !keyless ? keyText(arg) : '?'));
  const more = args.length > MAX_ARGUMENTS_SHOWN ? ['...'] : [];
  return [command.toUpperCase(), ...shown, ...more].join(' ');
}

function keyText(arg: unknown): string {
  return Array.isArray(arg) ? keyText(arg[0]) : String(arg);
}

interface RedisCommand {
  readonly name: string;
}

type SendCommand = (this: unknown, command: RedisCommand, ...rest: unknown[]) => unknown;

interface RedisModule {
  readonly prototype: { sendCommand: SendCommand; connect: unknown };
}

/**
 * CLIENT spans named after the command, under a parent only. Unlike the instrumentation it is built on:
 *
 * - one span for a command, also when it waited for the connection to be ready;
 * - none for the handshake, nor for `connect`, whose span would end before the connection is made.
 */
export class RedisInstrumentation extends IORedisInstrumentation {
  constructor() {
    super({
      requireParentSpan: true,
      dbStatementSerializer: redisQueryText,
      requestHook: (span, { cmdName }) => nameSpan(span, cmdName),
    });
  }

  override init(): ReturnType<IORedisInstrumentation['init']> {
    const definitions = super.init();
    for (const definition of definitions) {
      const { patch } = definition;
      if (!patch) continue;
      definition.patch = (module, version) => {
        const patched = patch(module, version);
        tame(redisClassOf(patched));
        return patched;
      };
      definition.unpatch = (module) => untame(module);
    }
    return definitions;
  }
}

function nameSpan(span: Span, command: string): void {
  const operation = command.toUpperCase();
  span.updateName(operation);
  span.setAttribute('db.operation.name', operation);
}

function redisClassOf(module: unknown): RedisModule {
  const { default: inner, [Symbol.toStringTag]: tag } = module as {
    default: RedisModule;
    [Symbol.toStringTag]?: string;
  };
  return tag === 'Module' ? inner : (module as RedisModule);
}

function untame(module: unknown): void {
  if (module === undefined) return;
  const { sendCommand } = redisClassOf(module).prototype;
  if (isWrapped(sendCommand)) sendCommand.__unwrap();
}

interface Wrapped<F> {
  readonly __original: F;
}

/** Untraced calls go round the instrumentation, to the function it wraps. */
function tame({ prototype }: RedisModule): void {
  const traced = prototype.sendCommand as SendCommand & Wrapped<SendCommand>;
  const seen = new WeakSet<RedisCommand>();
  const original = traced.__original;
  const tamed: SendCommand = function (command, ...rest) {
    const untraced = typeof command !== 'object' || seen.has(command) || HANDSHAKE.has(command.name);
    if (typeof command === 'object') seen.add(command);
    return (untraced ? original : traced).call(this, command, ...rest);
  };
  // Marked as the instrumentation marks its own, so that it can still be taken off.
  const restore = () => {
    prototype.sendCommand = original;
  };
  prototype.sendCommand = Object.assign(tamed, { __original: original, __wrapped: true, __unwrap: restore });
  const { connect } = prototype;
  if (isWrapped(connect)) prototype.connect = (connect as unknown as Wrapped<unknown>).__original;
}
