import { printable } from '../words.js';

/** Text for an SVG: markup is text, and what XML cannot hold is replaced. */
export function escapeXml(text: string): string {
  return legible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** Text for a quoted label of Mermaid: what could end the label, or mean something in it, as an entity. */
export function escapeMermaid(text: string): string {
  const plain = /[\p{L}\p{N} .,:·…_/()=+*|–-]/u;
  return [...legible(text)].map((sign) => (plain.test(sign) ? sign : `#${sign.codePointAt(0)};`)).join('');
}

/** Lone surrogates and noncharacters are no text. */
function legible(text: string): string {
  return printable(text).replace(/\p{Cs}|[\uFFFE\uFFFF]/gu, '\uFFFD');
}

/** Cut where it is longer than a box should be wide. */
export function cutLabel(text: string, most: number): string {
  const signs = [...text];
  return signs.length > most ? `${signs.slice(0, most - 1).join('')}…` : text;
}

const WIDE = /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\u{1F300}-\u{1FAFF}]/u;

/** How wide a text is at most, where a sign of the font takes up `em` of its size; ideographs and pictures take up all of it. */
export function textWidth(text: string, { size, em }: { readonly size: number; readonly em: number }): number {
  return [...text].reduce((width, sign) => width + size * (WIDE.test(sign) ? 1.2 : em), 0);
}

/** Lines of words that are not wider than `width`; a word that is stands alone. */
export function wrapText(
  text: string,
  width: number,
  font: { readonly size: number; readonly em: number },
): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && textWidth(longer, font) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
