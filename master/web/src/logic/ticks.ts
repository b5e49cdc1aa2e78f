// Where the axis of a logarithmic chart has its numbers, and which values no line shows.

const kFew = 4; // numbers that an axis should have at least

function steps(low: number, high: number, digits: number[]): number[] {
  const found: number[] = [];
  for (let decade = Math.floor(Math.log10(low)); decade <= Math.log10(high); decade += 1) {
    for (const digit of digits) {
      const value = Number((digit * 10 ** decade).toPrecision(12));
      if (value >= low && value <= high) found.push(value);
    }
  }
  return found;
}

/** 1, 10, 100; where those are too few 1, 2, 5, 10; within less than a decade, even steps. */
export function logTicks(low: number, high: number): number[] {
  if (!(low > 0) || !(high > low)) return [];
  for (const digits of [[1], [1, 2, 5]]) {
    const found = steps(low, high, digits);
    if (found.length >= kFew) return found;
  }
  const unit = 10 ** Math.floor(Math.log10((high - low) / kFew));
  const step = unit * (kFew * 5 * unit <= high - low ? 5 : kFew * 2 * unit <= high - low ? 2 : 1);
  const found: number[] = [];
  for (let n = Math.ceil(low / step); n * step <= high; n += 1) found.push(Number((n * step).toPrecision(12)));
  return found;
}

/** The places of values between two gaps. `undefined` is no gap: another line has a time there. */
export function lone(values: ArrayLike<number | null | undefined>): number[] {
  const found: number[] = [];
  let latest: number | null = null; // of the values since the last gap
  let several = false;
  for (let i = 0; i <= values.length; i += 1) {
    const value = i < values.length ? values[i] : null;
    if (value === undefined) continue;
    if (value !== null) {
      several = latest !== null;
      latest = i;
      continue;
    }
    if (latest !== null && !several) found.push(latest);
    latest = null;
  }
  return found;
}
