import { describe, expect, it } from 'vitest';
import {
  bytes, clock, compact, count, duration, ordinal, ordinalFromEnd, percent, quantileName, significant, span, tick,
} from '../src/logic/format';

describe('numbers', () => {
  it('have three significant digits where they are measurements', () => {
    expect([0, 0.0341, 0.5, 3.214, 9.996, 34.56, 99.96, 345.4, 1234.5].map(significant))
      .toEqual(['0', '0.034', '0.50', '3.21', '10.0', '34.6', '100', '345', '1,235']);
  });
  it('are a dash when they are not known', () => {
    for (const show of [significant, count, compact, duration, percent, bytes, span]) {
      expect([show(null), show(undefined), show(NaN), show(Infinity)]).toEqual(['–', '–', '–', '–']);
    }
  });
  it('are whole where they are counts', () => {
    expect([count(0), count(999), count(1234567)]).toEqual(['0', '999', '1,234,567']);
  });
  it('become short where there is little room', () => {
    expect([999, 9999, 12_345, 999_499, 999_600, 4_560_000, 7.2e9].map(compact))
      .toEqual(['999', '9,999', '12.3k', '999k', '1.0M', '4.6M', '7.2G']);
  });
  it('of an axis have no zeros at their end', () => {
    expect([0, 0.05, 2.5, 50, 1500, 20_000, 12_500].map(tick)).toEqual(['0', '0.05', '2.5', '50', '1,500', '20k', '12.5k']);
  });
});

describe('times', () => {
  it('of responses are in ms, very long ones in s', () => {
    expect([0.42, 345, 9000, 12_345, 250_000].map(duration)).toEqual(['0.42 ms', '345 ms', '9,000 ms', '12.3 s', '250 s']);
  });
  it('of runs have two units', () => {
    expect([0, 59.9, 65, 7380, 273_600, -1].map(span)).toEqual(['0 s', '59 s', '1 m 05 s', '2 h 03 m', '3 d 04 h', '0 s']);
  });
  it('of axes are like a stopwatch', () => {
    expect([7, 65, 7384].map(clock)).toEqual(['0:07', '1:05', '2:03:04']);
  });
});

describe('shares and sizes', () => {
  it('never round a little to nothing, nor almost all to all', () => {
    expect([0, 0.00001, 0.0123, 0.5, 0.99999, 1].map(percent))
      .toEqual(['0 %', '< 0.01 %', '1.23 %', '50.0 %', '> 99.99 %', '100 %']);
  });
  it('are in binary units', () => {
    expect([0, 1023, 1536, 150 * 1024, 3 * 1024 ** 3].map(bytes)).toEqual(['0 B', '1,023 B', '1.5 KiB', '150 KiB', '3.0 GiB']);
  });
  it('name quantiles as people do', () => {
    expect([0.5, 0.66, 0.999, 0.9999, 1].map(quantileName)).toEqual(['Median', 'p66', 'p99.9', 'p99.99', 'p100']);
  });
});

describe('places in a row', () => {
  it('are counted from the beginning and from the end', () => {
    expect([1, 2, 3, 4, 11, 12, 21, 22].map(ordinal)).toEqual(['first', '2nd', '3rd', '4th', '11th', '12th', '21st', '22nd']);
    expect([1, 2, 3].map(ordinalFromEnd)).toEqual(['latest', '2nd last', '3rd last']);
  });
});
