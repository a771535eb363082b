const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' };
const BLANK = /\s/;

interface Word {
  readonly text: string;
  readonly end: number;
}

/** The words of a command typed by hand (`SET key "two words"`), or undefined when a quote is left open. */
export function splitInlineCommand(line: string): readonly string[] | undefined {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (at < line.length && BLANK.test(line.charAt(at))) at++;
    if (at >= line.length) return words;
    const word = readWord(line, at);
    if (word === undefined) return undefined;
    words.push(word.text);
    at = word.end;
  }
}

function readWord(line: string, start: number): Word | undefined {
  let text = '';
  let at = start;
  while (at < line.length && !BLANK.test(line.charAt(at))) {
    const char = line.charAt(at);
    if (char === '"' || char === "'") {
      const quoted = readQuoted(line, at);
      if (quoted === undefined) return undefined;
      text += quoted.text;
      at = quoted.end;
    } else {
      text += char;
      at++;
    }
  }
  return { text, end: at };
}

/** A quoted part; a closing quote MUST be followed by a blank or the end. */
function readQuoted(line: string, start: number): Word | undefined {
  const quote = line.charAt(start);
  let text = '';
  let at = start + 1;
  while (at < line.length && line.charAt(at) !== quote) {
    const piece = quote === '"' ? readEscaped(line, at) : readSingleQuoted(line, at);
    text += piece.text;
    at = piece.end;
  }
  const after = line.charAt(at + 1);
  if (at >= line.length || (after !== '' && !BLANK.test(after))) return undefined;
  return { text, end: at + 1 };
}

function readEscaped(line: string, at: number): Word {
  if (line.charAt(at) !== '\\' || at + 1 >= line.length) return { text: line.charAt(at), end: at + 1 };
  const hex = /^x([0-9a-f]{2})/i.exec(line.slice(at + 1, at + 4));
  if (hex) return { text: String.fromCharCode(Number.parseInt(hex[1] ?? '0', 16)), end: at + 4 };
  const escaped = line.charAt(at + 1);
  return { text: ESCAPES[escaped] ?? escaped, end: at + 2 };
}

function readSingleQuoted(line: string, at: number): Word {
  return line.startsWith("\\'", at) ? { text: "'", end: at + 2 } : { text: line.charAt(at), end: at + 1 };
}
