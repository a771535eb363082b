import type { ServiceHealth } from '../../model/index.js';
import { type Greeting, lookAtAddress, type Place } from '../../stores/index.js';

const MAX_HEAD_BYTES = 16 * 1024;

/**
 * Asks for a page: healthy is any answer below 400. Redirects are not followed. User and password of the URL are sent and not
 * printed.
 */
export async function checkHttp(url: URL, timeoutMs: number): Promise<ServiceHealth> {
  const place = placeOf(url);
  const startedAt = performance.now();
  const look = await lookAtAddress(place, timeoutMs);
  const latencyMs = performance.now() - startedAt;
  const checked = { name: place.address, kind: 'http', address: place.address, product: undefined, latencyMs } as const;
  if (look.status === 'not-there') {
    const { kind: failure, saw, nextStep } = look.failure;
    return { ...checked, state: 'unhealthy', version: undefined, saw, failure, nextStep };
  }
  const { status, reason, server: version } = readHead(look.answer);
  const saw = `answers ${`${status} ${reason}`.trim()}`;
  if (status < 400) return { ...checked, state: 'healthy', version, saw };
  const isRefused = status === 401 || status === 403 || status === 407;
  const nextStep = isRefused ? 'Put user and password into the URL, or see who may read it.' : 'Look into its log.';
  return { ...checked, state: 'unhealthy', version, saw, failure: isRefused ? 'credentials' : 'unable', nextStep };
}

function placeOf(url: URL): Place {
  const isSecure = url.protocol === 'https:';
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || (isSecure ? 443 : 80)),
    address: shown.href,
    tls: isSecure ? 'trusted' : 'none',
    expected: {
      product: 'the service',
      greeting: askFor(url),
      setting: 'the URL',
      withTls: 'Write https:// in the URL.',
      withoutTls: 'Write http:// in the URL.',
    },
  };
}

function askFor(url: URL): Greeting {
  const { username, password } = url;
  const logon = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  const lines = [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    'User-Agent: tracecourt',
    'Accept: */*',
    'Connection: close',
    ...(username === '' && password === '' ? [] : [`Authorization: Basic ${logon}`]),
  ];
  return { protocol: 'HTTP', say: Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), recognise };
}

/** All of the head has to be there: it names the server. */
function recognise(received: Buffer): boolean | undefined {
  const text = received.toString('latin1');
  if (!/^HTTP\/1\.\d \d{3}/.test(text)) return received.length < 12 ? undefined : false;
  return text.includes('\r\n\r\n') || received.length > MAX_HEAD_BYTES ? true : undefined;
}

function readHead(answer: Buffer): {
  readonly status: number;
  readonly reason: string;
  readonly server: string | undefined;
} {
  const head = answer.toString('latin1').split('\r\n\r\n', 1)[0] ?? '';
  const [, status = '0', reason = ''] = /^HTTP\/1\.\d (\d{3}) ?([^\r\n]*)/.exec(head) ?? [];
  return { status: Number(status), reason, server: /^server: *([^\r\n]+)/im.exec(head)?.[1] };
}
