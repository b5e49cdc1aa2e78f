import type { ComponentChildren } from 'preact';
import { succeeded } from '../store';

/** In the place of what is not there: says so, and what would bring it. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <svg viewBox="0 0 32 32" width="44" height="44" aria-hidden="true">
        <path d="M11 5.500l4.300 2.500v5L11 15.500 6.700 13V8z" />
        <path d="M21 5.500l4.300 2.500v5L21 15.500 16.700 13V8z" />
        <path d="M16 14.600l4.300 2.500v5L16 24.600l-4.300-2.500v-5z" />
      </svg>
      <p class="empty-title">{title}</p>
      {children && <p class="empty-text">{children}</p>}
    </div>
  );
}

/** In the place of what is on its way, or will never come. */
export function Reading({ what }: { what: string }) {
  return (
    <div class="screen">
      <Empty title={succeeded.value ? `The ${what} were not read in time` : `Reading the ${what}…`}>
        {succeeded.value && 'The swarm that knew them is gone.'}
      </Empty>
    </div>
  );
}
