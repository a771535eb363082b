const moment = new BigUint64Array(1);
/** The same eight bytes, low half first. */
const halves = new Uint32Array(moment.buffer);

const HALF = 2 ** 32;

/** Tells how long after an origin moments are, in nanoseconds, as the nearest number: without a bigint for each difference. Made anew for each request. */
export function nanosecondsSince(origin: bigint): (time: bigint) => number {
  moment[0] = origin;
  const [low = 0, high = 0] = halves;
  return (time) => {
    moment[0] = time;
    return ((halves[1] as number) - high) * HALF + ((halves[0] as number) - low);
  };
}
