/** What a line of a recording is instead of an export of traces; undefined where that cannot be seen. */
export function misreadExport(line: string): string | undefined {
  const keys = keysOf(line);
  if (keys.length === 0 || keys.includes('resourceSpans') || keys.includes('batches')) return undefined;
  if (keys.includes('resourceLogs')) return 'it holds logs (resourceLogs)';
  if (keys.includes('resourceMetrics')) return 'it holds metrics (resourceMetrics)';
  if (/"traceID"/.test(line)) return "it is Jaeger's own JSON";
  return `it has no resourceSpans, but ${keys.slice(0, 3).join(', ')}`;
}

/** What to do about a line that is no export. */
export function adviceOnExport(line: string): string {
  if (/"traceID"/.test(line))
    return 'Take the trace from Jaeger as OTLP: name its id with --trace, and where Jaeger is with --from.';
  if (!line.trimEnd().endsWith('}') || line.trim() === '{')
    return 'Each export must stand on one line, whole; `jq -c . FILE` writes a pretty-printed file so.';
  return 'The file must hold one OTLP/JSON trace export a line.';
}

function keysOf(line: string): readonly string[] {
  try {
    const data: unknown = JSON.parse(line);
    return typeof data === 'object' && data !== null && !Array.isArray(data) ? Object.keys(data) : [];
  } catch {
    return [];
  }
}
