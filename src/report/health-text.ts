import type { Colors } from 'picocolors/types.js';
import type { HealthState, ServiceHealth } from '../model/index.js';
import { duration, printable } from '../view/index.js';

const HEADINGS = ['NAME', 'STATE', 'VERSION', 'LATENCY', 'ADDRESS', 'DETAIL'] as const;

/** Services as a table, one a line; below it what to do about each that is not there. */
export function healthLines(services: readonly ServiceHealth[], colors: Colors): readonly string[] {
  const rows = services.map(cellsOf);
  const widths = HEADINGS.map((heading, i) => Math.max(heading.length, ...rows.map((cells) => cells[i]?.length ?? 0)));
  const line = (cells: readonly string[], paint: (cell: string, column: number) => string) =>
    cells
      .map((cell, i) => paint(i === cells.length - 1 ? cell : cell.padEnd(widths[i] ?? 0), i))
      .join('  ')
      .trimEnd();
  return [
    line(HEADINGS, (cell) => colors.dim(cell)),
    ...services.map((service, i) =>
      line(rows[i] ?? [], (cell, column) => (column === 1 ? paintState(service.state, cell, colors) : cell)),
    ),
    ...nextSteps(services).map((text) => colors.dim(text)),
  ];
}

function cellsOf({ name, state, product, version, latencyMs, address, saw }: ServiceHealth): readonly string[] {
  const who = [product, version].filter((word) => word !== undefined).join(' ');
  return [name, state, who || '-', duration(latencyMs), address === name ? '-' : address, saw].map(printable);
}

/** One change of state, as it is told while services are watched. */
export function healthChangeLine(
  { name, address, saw }: ServiceHealth,
  { state, sinceMs }: { readonly state: HealthState; readonly sinceMs: number },
  colors: Colors,
): string {
  const at = new Date(sinceMs).toISOString().slice(11, 19);
  return `${colors.dim(at)}  ${printable(name)} is ${paintState(state, state, colors)}: ${printable(`${address} ${saw}`)}`;
}

function paintState(state: ServiceHealth['state'], text: string, colors: Colors): string {
  return state === 'healthy' ? colors.green(text) : colors.red(text);
}

function nextSteps(services: readonly ServiceHealth[]): readonly string[] {
  const lines = services.flatMap((service) =>
    service.state === 'unhealthy' ? [`  ${printable(service.name)}: ${printable(service.nextStep)}`] : [],
  );
  return lines.length === 0 ? [] : ['', ...lines];
}
