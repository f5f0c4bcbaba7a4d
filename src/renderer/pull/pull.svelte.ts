type Named = { readonly id: number; readonly name: string };

/** A group of faces, by one of them, and whose name most of them bear. */
export type GroupTarget = { readonly kind: 'group'; readonly group: number; readonly identity: Named | null };

/** Where faces can be let go. */
export type Target = ({ readonly kind: 'identity' } & Named) | { readonly kind: 'nobody' } | GroupTarget;

/** Elements say what they are by `data-identity` and `data-name`, or by `data-group`. */
const targetUnder = (x: number, y: number): Target | null => {
  const element = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-identity], [data-group]');
  if (element === null || element === undefined) return null;
  const { identity, name = '', group } = element.dataset;
  const named = identity === undefined ? null : { id: Number(identity), name };
  if (group !== undefined) return { kind: 'group', group: Number(group), identity: named };
  if (named === null) return null;
  return named.id === 0 ? { kind: 'nobody' } : { kind: 'identity', ...named };
};

/** What letting go over a target does. */
export const wordsOf = (target: Target): string => {
  switch (target.kind) {
    case 'nobody':
      return 'Make nobody’s';
    case 'identity':
      return `Move to ${target.name}`;
    case 'group':
      return target.identity === null ? 'Say that they are one person' : `Move to ${target.identity.name}`;
  }
};

type PullOptions = {
  /** Whether what is pulled can be let go there. */
  readonly accepts: (target: Target) => boolean;
  readonly drop: (target: Target) => void;
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

/** What is selected while it is pulled over the window, to be let go over a target. */
export class Pull {
  /** Where the pointer is; null while nothing is pulled. */
  at = $state.raw<{ readonly x: number; readonly y: number } | null>(null);
  target = $state.raw<Target | null>(null);
  readonly #options: PullOptions;
  #ending: AbortController | null = null;

  constructor(options: PullOptions) {
    this.#options = options;
  }

  /** Takes what is selected along with the pointer until it is let go. Esc leaves them where they are. */
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
        const target = targetUnder(moved.clientX, moved.clientY);
        this.target = target !== null && this.#options.accepts(target) ? target : null;
      },
      { signal },
    );
    window.addEventListener(
      'pointerup',
      () => {
        const { target } = this;
        this.#end();
        if (target !== null) this.#options.drop(target);
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
}
