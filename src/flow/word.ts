/**
 * A word: what happened, in a line.
 *
 * ```
 *   a b (c | d e) f*3     a, then b, then c while d and then e, then f three times, one after the other
 * ```
 */
export type Word =
  | { readonly kind: 'step'; readonly step: string; readonly offset: number }
  | { readonly kind: 'sequence'; readonly parts: readonly Word[] }
  | { readonly kind: 'parallel'; readonly parts: readonly Word[] }
  | { readonly kind: 'times'; readonly part: Word; readonly times: number };

export type ParsedWord =
  | { readonly ok: true; readonly word: Word }
  | { readonly ok: false; readonly message: string; readonly offset: number };

interface Token {
  readonly text: string;
  readonly offset: number;
}

interface Reader {
  readonly tokens: readonly Token[];
  next: number;
  readonly end: number;
}

class NoWord extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

const MAX_TIMES = 1_000;
const TOKEN = /\s*(?:([A-Za-z][\w-]*)|(\*\s*\d+)|([()|])|(\S))/gy;

export function parseWord(text: string): ParsedWord {
  try {
    const reader: Reader = { tokens: tokensOf(text), next: 0, end: text.length };
    const word = readSides(reader);
    const left = reader.tokens[reader.next];
    if (left) throw new NoWord(`unexpected "${left.text}"`, left.offset);
    return { ok: true, word };
  } catch (error) {
    if (error instanceof NoWord) return { ok: false, message: error.message, offset: error.offset };
    throw error;
  }
}

/** The steps that a word names, each with its place in the text. */
export function stepsInWord(word: Word): readonly { readonly step: string; readonly offset: number }[] {
  switch (word.kind) {
    case 'step':
      return [word];
    case 'times':
      return stepsInWord(word.part);
    case 'sequence':
    case 'parallel':
      return word.parts.flatMap(stepsInWord);
    default:
      return word satisfies never;
  }
}

function tokensOf(text: string): readonly Token[] {
  return [...text.matchAll(TOKEN)].map((match) => {
    const [whole, name, times, sign, strange] = match;
    const offset = match.index + whole.length - whole.trimStart().length;
    if (strange !== undefined) throw new NoWord(`unexpected "${strange}"`, offset);
    return { text: name ?? times ?? sign ?? '', offset };
  });
}

function readSides(reader: Reader): Word {
  const sides = [readSequence(reader)];
  while (reader.tokens[reader.next]?.text === '|') {
    reader.next++;
    sides.push(readSequence(reader));
  }
  const [only] = sides;
  return only && sides.length === 1 ? only : { kind: 'parallel', parts: sides };
}

function readSequence(reader: Reader): Word {
  const parts: Word[] = [];
  for (;;) {
    const token = reader.tokens[reader.next];
    if (!token || token.text === '|' || token.text === ')') break;
    parts.push(readTimes(reader, token));
  }
  const [only] = parts;
  if (!only) throw new NoWord('a step is missing here', reader.tokens[reader.next]?.offset ?? reader.end);
  return parts.length === 1 ? only : { kind: 'sequence', parts };
}

function readTimes(reader: Reader, token: Token): Word {
  const part = readOne(reader, token);
  const star = reader.tokens[reader.next];
  if (!star?.text.startsWith('*')) return part;
  reader.next++;
  const times = Number(star.text.slice(1));
  if (times < 1 || times > MAX_TIMES) throw new NoWord(`expected 1 to ${MAX_TIMES} times`, star.offset);
  return { kind: 'times', part, times };
}

function readOne(reader: Reader, token: Token): Word {
  reader.next++;
  if (token.text === '(') {
    const inner = readSides(reader);
    if (reader.tokens[reader.next]?.text !== ')') throw new NoWord('")" is missing', reader.end);
    reader.next++;
    return inner;
  }
  if (token.text.startsWith('*')) throw new NoWord('a step is missing before "*"', token.offset);
  return { kind: 'step', step: token.text, offset: token.offset };
}
