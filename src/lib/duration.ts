const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
const SHORT = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;
const ISO = /^PT(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?$/;

/** Milliseconds of `300ms`, `1.5s`, `2m`, `1h` or ISO 8601 (`PT1.5S`); undefined for anything else. */
export function parseDurationMs(text: string): number | undefined {
  const short = SHORT.exec(text);
  if (short) return Number(short[1]) * UNIT_MS[short[2] as keyof typeof UNIT_MS];
  const iso = ISO.exec(text);
  if (!iso || text === 'PT') return undefined;
  const [, hours = '0', minutes = '0', seconds = '0'] = iso;
  return Number(hours) * UNIT_MS.h + Number(minutes) * UNIT_MS.m + Number(seconds) * UNIT_MS.s;
}
