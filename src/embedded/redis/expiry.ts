import { CommandError, SYNTAX_ERROR } from './command-error.js';
import { integerArgument, isInt64 } from './numbers.js';

/** How an option or command counts time: in seconds or milliseconds, from now or from the epoch. */
export interface ExpiryUnit {
  readonly milliseconds: bigint;
  readonly fromNow: boolean;
}

export const EXPIRY_OPTIONS: Readonly<Record<string, ExpiryUnit>> = {
  EX: { milliseconds: 1000n, fromNow: true },
  PX: { milliseconds: 1n, fromNow: true },
  EXAT: { milliseconds: 1000n, fromNow: false },
  PXAT: { milliseconds: 1n, fromNow: false },
};

export interface ExpiryText {
  readonly commandName: string;
  readonly unit: ExpiryUnit;
  readonly text: string | undefined;
  readonly nowMs: bigint;
}

/** When a key ends, in milliseconds since the epoch. Throws Redis's error when that is no time in 64 bits. */
export function expiryTime({ commandName, unit, text, nowMs }: ExpiryText): bigint {
  const duration = integerArgument(text) * unit.milliseconds;
  const expiresAtMs = duration + (unit.fromNow ? nowMs : 0n);
  if (!isInt64(duration) || !isInt64(expiresAtMs)) throw invalidExpiry(commandName);
  return expiresAtMs;
}

/** The same for SET and its like, where zero and negative times are refused. */
export function positiveExpiryTime(expiry: ExpiryText): bigint {
  if (integerArgument(expiry.text) <= 0n) throw invalidExpiry(expiry.commandName);
  return expiryTime(expiry);
}

function invalidExpiry(commandName: string): CommandError {
  return new CommandError(`ERR invalid expire time in '${commandName}' command`);
}

export interface StringOptions {
  readonly flags: ReadonlySet<string>;
  readonly expiry?: { readonly unit: ExpiryUnit; readonly text: string };
}

/** Options of SET and GETEX. EX, PX, EXAT and PXAT are known; `alone` are words that exclude them. */
export function readStringOptions(
  words: readonly string[],
  known: { readonly flags: readonly string[]; readonly alone: string },
): StringOptions {
  const flags = new Set<string>();
  let expiry: StringOptions['expiry'];
  for (let index = 0; index < words.length; index++) {
    const word = (words[index] ?? '').toUpperCase();
    const unit = Object.hasOwn(EXPIRY_OPTIONS, word) ? EXPIRY_OPTIONS[word] : undefined;
    if (unit !== undefined) {
      const text = words[++index];
      if (text === undefined || expiry !== undefined) throw new CommandError(SYNTAX_ERROR);
      expiry = { unit, text };
    } else if (known.flags.includes(word)) {
      flags.add(word);
    } else {
      throw new CommandError(SYNTAX_ERROR);
    }
  }
  const contradicts = (expiry !== undefined && flags.has(known.alone)) || (flags.has('NX') && flags.has('XX'));
  if (contradicts) throw new CommandError(SYNTAX_ERROR);
  return expiry === undefined ? { flags } : { flags, expiry };
}
