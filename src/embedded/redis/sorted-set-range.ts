import { argument, type Call } from './command.js';
import { CommandError, SYNTAX_ERROR } from './command-error.js';
import { indexArgument, parseFloatStrictly } from './numbers.js';
import { bulks, type Reply } from './reply.js';
import { sliceOf } from './slice-of.js';
import { unsupportedCommand } from './unsupported-commands.js';

type Scored = readonly [member: string, score: number];

interface RangeOptions {
  readonly byScore: boolean;
  readonly byLex: boolean;
  readonly reversed: boolean;
  readonly withScores: boolean;
  readonly limit?: { readonly offset: number; readonly count: number };
}

interface Bound {
  readonly score: number;
  readonly isExclusive: boolean;
}

/** ZRANGE, by index or by score. BYLEX is refused: an order of its own that nobody here has needed. */
export function rangeCommand(call: Call): Reply {
  const options = readOptions(call.args.slice(3));
  if (options.limit !== undefined && !options.byScore && !options.byLex) {
    throw new CommandError(`${SYNTAX_ERROR}, LIMIT is only supported in combination with either BYSCORE or BYLEX`);
  }
  if (options.byLex) throw unsupportedCommand('bylex');
  if (options.byScore) return scoreRange(call, options);
  const start = indexArgument(call.args[1]);
  const stop = indexArgument(call.args[2]);
  return answer(sliceOf(ordered(call, options.reversed), start, stop), options);
}

/** ZRANGEBYSCORE key min max [WITHSCORES] [LIMIT offset count]. */
export function rangeByScore(call: Call): Reply {
  const options = readOptions(call.args.slice(3));
  if (options.byScore || options.byLex || options.reversed) throw new CommandError(SYNTAX_ERROR);
  return scoreRange(call, { ...options, byScore: true });
}

function scoreRange(call: Call, options: RangeOptions): Reply {
  const first = bound(argument(call, 1));
  const second = bound(argument(call, 2));
  const [low, high] = options.reversed ? [second, first] : [first, second];
  const within = ordered(call, options.reversed).filter(
    ([, score]) =>
      (low.isExclusive ? score > low.score : score >= low.score) &&
      (high.isExclusive ? score < high.score : score <= high.score),
  );
  return answer(limited(within, options.limit), options);
}

/** A negative count means all that follow; a negative offset gives nothing. */
function limited(members: readonly Scored[], limit: RangeOptions['limit']): readonly Scored[] {
  if (limit === undefined) return members;
  if (limit.offset < 0) return [];
  return limit.count < 0 ? members.slice(limit.offset) : members.slice(limit.offset, limit.offset + limit.count);
}

function answer(members: readonly Scored[], options: RangeOptions): Reply {
  return options.withScores ? { kind: 'scored', pairs: members } : bulks(members.map(([member]) => member));
}

/** By score, then by the bytes of the member. */
function ordered(call: Call, reversed: boolean): readonly Scored[] {
  const scores = call.keys.read(argument(call, 0), 'zset') ?? new Map<string, number>();
  const members = [...scores].sort(([a, x], [b, y]) => (x === y ? (a < b ? -1 : 1) : x < y ? -1 : 1));
  return reversed ? members.reverse() : members;
}

function bound(text: string): Bound {
  const isExclusive = text.startsWith('(');
  const score = parseFloatStrictly(isExclusive ? text.slice(1) : text);
  if (score === undefined) throw new CommandError('ERR min or max is not a float');
  return { score, isExclusive };
}

function readOptions(words: readonly string[]): RangeOptions {
  const flags = new Set<string>();
  let limit: RangeOptions['limit'];
  for (let index = 0; index < words.length; index++) {
    const word = (words[index] ?? '').toUpperCase();
    if (word === 'LIMIT' && index + 2 < words.length) {
      limit = { offset: indexArgument(words[index + 1]), count: indexArgument(words[index + 2]) };
      index += 2;
    } else if (['BYSCORE', 'BYLEX', 'REV', 'WITHSCORES'].includes(word)) {
      flags.add(word);
    } else {
      throw new CommandError(SYNTAX_ERROR);
    }
  }
  return {
    byScore: flags.has('BYSCORE'),
    byLex: flags.has('BYLEX'),
    reversed: flags.has('REV'),
    withScores: flags.has('WITHSCORES'),
    ...(limit && { limit }),
  };
}
