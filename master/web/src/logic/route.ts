// Where the page is: the part of the address after '#', so that a reload comes back to it.

export const kScreens = [
  'statistics', 'charts', 'failures', 'exceptions', 'ratio', 'workers', 'logs', 'downloads',
] as const;
export type Screen = (typeof kScreens)[number];

export interface Route {
  screen: Screen;
  item: number | null; // an endpoint of the statistics, an error of the failures
}

export function parseRoute(hash: string): Route {
  const [name = '', item] = hash.replace(/^#\/?/, '').split('/');
  const screen = kScreens.find((known) => known === name) ?? 'statistics';
  const number = item !== undefined && /^\d{1,16}$/.test(item) ? Number(item) : null;
  return { screen, item: number };
}

export function hashOf(screen: Screen, item: number | null = null): string {
  return item === null ? `#/${screen}` : `#/${screen}/${item}`;
}
