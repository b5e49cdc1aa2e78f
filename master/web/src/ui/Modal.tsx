import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { dialog } from '../store';
import { Icon } from './Icon';

interface ModalProps {
  title: string;
  wide?: boolean;
  children: ComponentChildren;
}

export function closeDialog(): void {
  dialog.value = null;
}

/** The browser's own modal dialog: it keeps the focus inside, Escape closes it. */
export function Modal({ title, wide, children }: ModalProps) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const place = element.current;
    const before = document.activeElement;
    place?.showModal();
    return () => {
      place?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog ref={element} class={`modal ${wide ? 'wide' : ''}`} aria-label={title} onCancel={closeDialog}
      onMouseDown={(event) => { if (event.target === element.current) closeDialog(); }}>
      <div class="modal-box">
        <header class="modal-head">
          <h2>{title}</h2>
          <button type="button" class="icon-button" aria-label="Close" onClick={closeDialog}><Icon name="close" /></button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
