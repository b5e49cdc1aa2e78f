// Single keys that do what the buttons do. Not while typing, not in dialogs, and only if wanted.
import { hashOf, kScreens } from '../logic/route';
import { prefs, toggleTheme } from '../prefs';
import { active, begun, dialog, offline, route } from '../store';
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

function intoTable(event: KeyboardEvent): void {
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
  e: () => { if (active.value) dialog.value = 'edit'; },
  n: () => { if (begun.value && !active.value && !offline.value) dialog.value = 'start'; },
  S: () => { if (active.value) void askToStop(); },
  t: toggleTheme,
};

export function listenToKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || dialog.value !== null) return;
    if (typing(event.target)) {
      if (event.key === 'Escape') (event.target as HTMLElement).blur();
      return;
    }
    if (!prefs.value.shortcuts && event.key !== 'Escape') return;
    const screen = /^[1-8]$/.test(event.key) ? kScreens[Number(event.key) - 1] : undefined;
    const action = screen ? () => { location.hash = hashOf(screen); } : kActions[event.key];
    if (!action || event.defaultPrevented) return;
    if (event.key !== 'Escape') event.preventDefault();
    action(event);
  });
}
