// What this reader likes, kept in this browser. Storage may be forbidden: then for this visit.
import { effect, signal } from '@preact/signals';
import { kDefaultColumns } from './logic/columns';
import type { Sort } from './logic/rows';

export interface Prefs {
  theme: 'auto' | 'light' | 'dark';
  columns: string[];
  sort: Sort | null;
  depth: number;
  shortcuts: boolean;
  causes: boolean; // failures with the same cause together
  logarithmic: boolean;
}

const kKey = 'swarm.prefs';
const kDefaults: Prefs = {
  theme: 'auto', columns: kDefaultColumns, sort: null, depth: 0, shortcuts: true, causes: false, logarithmic: false,
};

function stored(): Prefs {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(kKey) ?? '{}');
    if (typeof found !== 'object' || found === null) return kDefaults;
    const merged = { ...kDefaults, ...(found as Partial<Prefs>) };
    return Array.isArray(merged.columns) ? merged : kDefaults;
  } catch {
    return kDefaults;
  }
}

export const prefs = signal<Prefs>(stored());

export function prefer(change: Partial<Prefs>): void {
  prefs.value = { ...prefs.value, ...change };
  try {
    localStorage.setItem(kKey, JSON.stringify(prefs.value));
  } catch {
    // For this visit only, then.
  }
}

const system = window.matchMedia('(prefers-color-scheme: dark)');
const systemDark = signal(system.matches);
system.addEventListener('change', (event) => {
  systemDark.value = event.matches;
});

export const theme = signal<'light' | 'dark'>('light');
effect(() => {
  const wanted = prefs.value.theme;
  theme.value = wanted === 'auto' ? (systemDark.value ? 'dark' : 'light') : wanted;
  document.documentElement.dataset['theme'] = theme.value;
});

export function toggleTheme(): void {
  prefer({ theme: theme.value === 'dark' ? 'light' : 'dark' });
}

const phone = window.matchMedia('(max-width: 720px)');
export const narrow = signal(phone.matches);
phone.addEventListener('change', (event) => {
  narrow.value = event.matches;
});
