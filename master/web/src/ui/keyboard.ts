// Single keys that do what the buttons do. Not while typing, not in dialogs, and only if wanted.
import { hashOf, kScreens } from '../logic/route';
import { prefs, toggleTheme } from '../prefs';
import { active, dialog, lost, offline, route } from '../store';
import { askToStop } from './Header';

export const kKeys: [string, string][] = [
  ['1 – 8', 'Statistics, charts, … downloads'],
  ['/', 'Search in this screen'],
  ['j  k  ↑  ↓', 'Next, previous line of the table'],
  ['Enter', 'Open the line'],
  ['Esc', 'Close, back to all'],
  ['e', 'Edit: change the users of the run'],
  ['n', 'New run'],
  ['Shift S', 'Stop the run'],
  ['t', 'Dark or light'],
  ['?', 'This list'],
];

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement
    && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

function search(): void {
  document.querySelector<HTMLInputElement>('[data-search]')?.focus();
}

function escape(): void {
  if (route.value.item !== null) location.hash = hashOf(route.value.screen);
}

/** To the next or previous link of a list; Enter on it is the browser's. */
function throughList(list: HTMLElement, step: number): void {
  const links = [...list.querySelectorAll<HTMLElement>('a')];
  const now = links.findIndex((link) => link === document.activeElement || link.contains(document.activeElement));
  const next = now < 0 ? links.findIndex((link) => link.hasAttribute('aria-current')) : now + step;
  links[Math.max(0, Math.min(links.length - 1, next))]?.focus();
}

function intoTable(event: KeyboardEvent): void {
  const list = document.querySelector<HTMLElement>('[data-list]');
  if (list) {
    throughList(list, event.key === 'k' || event.key === 'ArrowUp' ? -1 : 1);
    return;
  }
  const table = document.querySelector<HTMLElement>('[data-table]');
  if (!table || table.contains(document.activeElement)) return;
  table.focus();
  table.dispatchEvent(new KeyboardEvent('keydown', { key: event.key }));
}

const kActions: Record<string, (event: KeyboardEvent) => void> = {
  '/': search,
  '?': () => { dialog.value = 'help'; },
  Escape: escape,
  j: intoTable,
  k: intoTable,
  e: () => { if (active.value && !lost.value) dialog.value = 'edit'; },
  n: () => { if (document.querySelector('.start-form') === null && !active.value && !offline.value && !lost.value) dialog.value = 'start'; },
  S: () => { if (active.value && !lost.value) void askToStop(); },
  t: toggleTheme,
};

function actionOf({ key }: KeyboardEvent): ((event: KeyboardEvent) => void) | undefined {
  const screen = /^[1-8]$/.test(key) ? kScreens[Number(key) - 1] : undefined;
  if (screen) return () => { location.hash = hashOf(screen); };
  // They scroll the page, unless one is on a line of a list.
  if (key === 'ArrowDown' || key === 'ArrowUp') return document.activeElement?.closest('[data-list]') ? intoTable : undefined;
  return kActions[key];
}

export function listenToKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || dialog.value !== null) return;
    if (typing(event.target)) {
      if (event.key === 'Escape') (event.target as HTMLElement).blur();
      return;
    }
    if (!prefs.value.shortcuts && event.key !== 'Escape') return;
    const action = actionOf(event);
    if (!action || event.defaultPrevented) return;
    if (event.key !== 'Escape') event.preventDefault();
    action(event);
  });
}
