// The task ratios, configured and current, as lines of one indented list.
import type { RatioTree } from '../types';

export interface Branch {
  path: string;
  name: string;
  depth: number;
  configured: number | null;
  current: number | null;
  leaf: boolean;
}

export function branchesOf(configured: RatioTree, current: RatioTree | null, depth = 0, above = ''): Branch[] {
  const names = [...new Set([...Object.keys(configured), ...Object.keys(current ?? {})])];
  return names.flatMap((name) => {
    const wanted = configured[name];
    const real = current?.[name];
    const path = `${above}/${name}`;
    const below = wanted?.tasks ?? real?.tasks;
    const line: Branch = {
      path, name, depth, configured: wanted?.ratio ?? null, current: real?.ratio ?? null, leaf: below === undefined,
    };
    return below ? [line, ...branchesOf(wanted?.tasks ?? {}, real?.tasks ?? null, depth + 1, path)] : [line];
  });
}
