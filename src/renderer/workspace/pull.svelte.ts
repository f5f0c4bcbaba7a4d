import type { Workspace } from '../state/workspace.svelte.ts';

/** Where faces can be let go, and what happens to them there. */
export type Target =
  { readonly kind: 'identity'; readonly id: number; readonly name: string } | { readonly kind: 'nobody' };

const targetUnder = (x: number, y: number): Target | null => {
  const row = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-identity]');
  if (row === null || row === undefined) return null;
  const { identity, name } = row.dataset;
  if (identity === '0') return { kind: 'nobody' };
  return { kind: 'identity', id: Number(identity), name: name ?? '' };
};

/** The click that follows is the end of the pull and no click on what lies below. */
const swallowClick = (): void => {
  const ending = new AbortController();
  window.addEventListener(
    'click',
    (clicked) => {
      clicked.stopPropagation();
    },
    { capture: true, signal: ending.signal },
  );
  setTimeout(() => {
    ending.abort();
  });
};

/** The selected faces while they are pulled over the window, to be let go over an identity. */
export class Pull {
  /** Where the pointer is; null while nothing is pulled. */
  at = $state.raw<{ readonly x: number; readonly y: number } | null>(null);
  target = $state.raw<Target | null>(null);
  readonly #workspace: Workspace;
  #ending: AbortController | null = null;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** Takes the selected faces along with the pointer until it is let go. Esc leaves them where they are. */
  begin(event: PointerEvent): void {
    this.#ending?.abort();
    const ending = new AbortController();
    this.#ending = ending;
    const { signal } = ending;
    this.at = { x: event.clientX, y: event.clientY };
    window.addEventListener(
      'pointermove',
      (moved) => {
        this.at = { x: moved.clientX, y: moved.clientY };
        this.target = targetUnder(moved.clientX, moved.clientY);
      },
      { signal },
    );
    window.addEventListener(
      'pointerup',
      () => {
        const { target } = this;
        this.#end();
        if (target !== null) this.#drop(target);
      },
      { signal },
    );
    window.addEventListener(
      'keydown',
      (pressed) => {
        if (pressed.key !== 'Escape') return;
        pressed.preventDefault();
        pressed.stopPropagation();
        this.#end();
      },
      { signal, capture: true },
    );
    window.addEventListener(
      'pointercancel',
      () => {
        this.#end();
      },
      { signal },
    );
    window.addEventListener('pointerup', swallowClick, { once: true });
  }

  #end(): void {
    this.#ending?.abort();
    this.#ending = null;
    this.at = null;
    this.target = null;
  }

  #drop(target: Target): void {
    const selection = this.#workspace.selected;
    if (selection === null) return;
    const to = target.kind === 'nobody' ? null : { identity: target.id };
    const verb = target.kind === 'nobody' ? 'Make nobody’s' : `Move to ${target.name}`;
    void this.#workspace.propose({ kind: 'move', selection, to }, verb);
  }
}
