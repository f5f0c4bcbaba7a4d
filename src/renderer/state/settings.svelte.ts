import type { Settings } from '../../contract/settings.ts';
import type { StudioClient } from '../../contract/studio.ts';
import { DEFAULT_SETTINGS } from '../../core/settings/defaults.ts';
import { follow } from '../link/calls.ts';
import type { SavedView, Theme } from './saved-view.ts';

/** How long the window waits for further changes of its own before it has them kept. */
const KEEP_AFTER_MS = 150;

/** The program's settings, shared by all windows. */
export class ProgramSettings {
  current = $state.raw<Settings>(DEFAULT_SETTINGS);
  readonly #client: StudioClient;
  #kept: SavedView | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Changes of this window that the studio has not answered yet. */
  #unanswered = 0;
  readonly #themed: (theme: Theme) => void;

  /**
   * @param first the settings as they are known when the window starts; null when nobody told yet
   * @param themed hears the theme that another window chose
   */
  constructor(
    client: StudioClient,
    options: {
      readonly first: Settings | null;
      readonly signal: AbortSignal;
      readonly themed: (theme: Theme) => void;
    },
  ) {
    this.#client = client;
    this.#themed = options.themed;
    if (options.first !== null) this.current = options.first;
    follow((inner) => client.settings.watch({}, { signal: inner }), {
      signal: options.signal,
      take: (settings) => {
        this.#take(settings);
      },
      // Without them everything is as it is at the first start.
      refused: () => undefined,
    });
  }

  /** Changes what is named. @throws the studio's refusal; then nothing is changed */
  async change(change: Partial<Settings>): Promise<void> {
    const before = this.current;
    this.current = { ...before, ...change };
    this.#unanswered += 1;
    let settings: Settings;
    try {
      settings = await this.#client.settings.change(change);
    } catch (error) {
      this.current = before;
      throw error;
    } finally {
      this.#unanswered -= 1;
    }
    this.#take(settings);
  }

  #take(settings: Settings): void {
    // It may have been said before a change that is under way: that one's answer tells all.
    if (this.#unanswered > 0) return;
    const before = this.current.window['theme'];
    const { theme } = settings.window;
    this.current = settings;
    const isMine = this.#timer !== undefined || theme === this.#kept?.theme;
    if (theme === before || isMine) return;
    if (theme === 'system' || theme === 'dark' || theme === 'light') this.#themed(theme);
  }

  /** Has it kept how the window is seen, once nothing more changes. */
  keepWindow(saved: SavedView): void {
    // What the window starts with is kept already.
    const isFirst = this.#kept === null;
    this.#kept = saved;
    if (isFirst && JSON.stringify(this.current.window) === JSON.stringify(saved)) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.keepNow();
    }, KEEP_AFTER_MS);
  }

  /** Has at once kept what waits to be. */
  keepNow(): void {
    if (this.#timer === undefined || this.#kept === null) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // A window that lost its service tells it again with the next change.
    this.change({ window: { ...this.#kept, folded: [...this.#kept.folded] } }).catch(() => undefined);
  }
}
