import type { Colors } from 'picocolors/types.js';
import type { StoreObservation } from '../model/index.js';
import { printable, recordLine } from '../view/index.js';

/** What each store held of a request, an effect after the other, and who answered. */
export function observationLines(observations: readonly StoreObservation[], colors: Colors): readonly string[] {
  const width = Math.max(0, ...observations.map(({ effect }) => effect.length));
  return observations.flatMap((observation) => {
    const name = observation.effect.padEnd(width);
    if (observation.status === 'unreachable') {
      return [colors.yellow(`${name}  ${printable(observation.address)} ${printable(observation.reason)}`)];
    }
    const { store, product, address } = observation.server;
    const records = observation.records.map(recordLine);
    const nothing = observation.missing
      ? `nothing: ${observation.missing.address} ${observation.missing.saw}`
      : 'nothing';
    const [first = nothing, ...others] = records;
    return [
      `${name}  ${printable(first)}${colors.dim(`  (${store}, ${product}, ${printable(address)})`)}`,
      ...others.map((record) => `${' '.repeat(width)}  ${printable(record)}`),
    ];
  });
}
