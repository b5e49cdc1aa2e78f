import { describe, expect, it } from 'vitest';
import { changeOf, compared } from '../src/logic/comparison';
import { row } from './make';

describe('a change', () => {
  it('of a time is a part of it, coloured where it is more than noise', () => {
    expect(changeOf(130, 100, 'less', false)).toEqual({ words: '+30.0 %', good: false });
    expect(changeOf(70, 100, 'less', false)).toEqual({ words: '−30.0 %', good: true });
    expect(changeOf(106, 100, 'less', false)).toEqual({ words: '+6.00 %', good: null });
    expect(changeOf(101, 100, 'less', false)).toEqual({ words: 'about the same', good: null });
    expect(changeOf(2500, 100, 'less', false)).toEqual({ words: '× 25', good: false });
  });
  it('of a share is in points', () => {
    expect(changeOf(0.0514, 0.0457, 'less', true)).toEqual({ words: '+0.57 points', good: false });
    expect(changeOf(0.049, 0.0457, 'less', true)).toEqual({ words: '+0.33 points', good: null });
    expect(changeOf(0.5, 0, 'less', true)).toEqual({ words: '+50.0 points', good: false });
    expect(changeOf(0.04001, 0.04, 'less', true)).toEqual({ words: 'about the same', good: null });
  });
  it('that is none is said to be none, and one that is not known is not said', () => {
    expect(changeOf(100, 100, null, false)).toEqual({ words: '=', good: null });
    expect(changeOf(null, 100, 'less', false)).toBeNull();
    expect(changeOf(5, 0, 'less', false)).toBeNull();
    expect(changeOf(200, 100, null, false)).toEqual({ words: '+100 %', good: null });
  });
});

describe('two runs by endpoint', () => {
  it('have each endpoint once, what got slower first, what is in one of them last', () => {
    const now = [row({ id: 1, name: '/a', p: [10] }), row({ id: 2, name: '/b', p: [30] }), row({ id: 3, name: '/new', p: [9] })];
    const then = [row({ id: 1, name: '/a', p: [20] }), row({ id: 2, name: '/b', p: [10] }), row({ id: 4, name: '/old', p: [1] })];
    const pairs = compared(now, then, (one) => one.p[0] ?? null);
    expect(pairs.map((pair) => [pair.key, pair.now?.p[0], pair.then?.p[0]])).toEqual([
      ['GET /b', 30, 10], ['GET /a', 10, 20], ['GET /new', 9, undefined], ['GET /old', undefined, 1],
    ]);
  });
});
