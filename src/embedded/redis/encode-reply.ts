import { formatScore } from './numbers.js';
import type { Reply } from './reply.js';

export type ProtocolVersion = 2 | 3;

const CRLF = '\r\n';

/** The reply as it goes over the wire, one character a byte. Types that RESP2 lacks are written as Redis writes them there. */
export function encodeReply(reply: Reply, protocol: ProtocolVersion): string {
  switch (reply.kind) {
    case 'simple':
      return `+${reply.text}${CRLF}`;
    case 'error':
      return `-${reply.text.replace(/[\r\n]/g, ' ')}${CRLF}`;
    case 'integer':
      return `:${reply.value}${CRLF}`;
    case 'double':
      return encodeDouble(reply.value, protocol);
    case 'bulk':
      return encodeBulk(reply.bytes);
    case 'verbatim':
      return protocol === 3 ? `=${reply.bytes.length + 4}${CRLF}txt:${reply.bytes}${CRLF}` : encodeBulk(reply.bytes);
    case 'nil':
      return protocol === 3 ? `_${CRLF}` : `$-1${CRLF}`;
    case 'nil-array':
      return protocol === 3 ? `_${CRLF}` : `*-1${CRLF}`;
    case 'array':
      return encodeItems('*', reply.items, protocol);
    case 'set':
      return encodeItems(protocol === 3 ? '~' : '*', reply.items, protocol);
    case 'push':
      return encodeItems(protocol === 3 ? '>' : '*', reply.items, protocol);
    case 'map':
      return encodeMap(reply.entries, protocol);
    case 'scored':
      return encodeScored(reply.pairs, protocol);
    case 'several':
      return reply.frames.map((frame) => encodeReply(frame, protocol)).join('');
    default:
      return reply satisfies never;
  }
}

function encodeBulk(bytes: string): string {
  return `$${bytes.length}${CRLF}${bytes}${CRLF}`;
}

function encodeDouble(value: number, protocol: ProtocolVersion): string {
  return protocol === 3 ? `,${formatScore(value)}${CRLF}` : encodeBulk(formatScore(value));
}

function encodeItems(mark: string, items: readonly Reply[], protocol: ProtocolVersion): string {
  return `${mark}${items.length}${CRLF}${items.map((item) => encodeReply(item, protocol)).join('')}`;
}

function encodeMap(entries: readonly (readonly [Reply, Reply])[], protocol: ProtocolVersion): string {
  const head = protocol === 3 ? `%${entries.length}` : `*${entries.length * 2}`;
  return `${head}${CRLF}${entries.map(([key, value]) => encodeReply(key, protocol) + encodeReply(value, protocol)).join('')}`;
}

function encodeScored(pairs: readonly (readonly [string, number])[], protocol: ProtocolVersion): string {
  const flat = pairs.map(([member, score]) => encodeBulk(member) + encodeDouble(score, protocol));
  if (protocol === 2) return `*${pairs.length * 2}${CRLF}${flat.join('')}`;
  return `*${pairs.length}${CRLF}${flat.map((pair) => `*2${CRLF}${pair}`).join('')}`;
}
