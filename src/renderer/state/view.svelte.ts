import { untrack } from 'svelte';
import {
  DEFAULT_VIEW,
  LEAST_TILE_PX,
  MOST_TILE_PX,
  TILE_STEP_PX,
  type SavedView,
  type ScoreOnTile,
  type Screen,
  type Theme,
  type TileContent,
  type TileFit,
} from './saved-view.ts';

const stepped = (px: number, steps: number): number =>
  Math.max(LEAST_TILE_PX, Math.min(MOST_TILE_PX, px + steps * TILE_STEP_PX));

/** How a person wants to see things; kept from one start to the next. */
export class View {
  theme = $state<Theme>(DEFAULT_VIEW.theme);
  tilePx = $state(DEFAULT_VIEW.tilePx);
  tileFit = $state<TileFit>(DEFAULT_VIEW.tileFit);
  tileContent = $state<TileContent>(DEFAULT_VIEW.tileContent);
  scoreOnTile = $state<ScoreOnTile>(DEFAULT_VIEW.scoreOnTile);
  boxes = $state(DEFAULT_VIEW.boxes);
  landmarks = $state(DEFAULT_VIEW.landmarks);
  facets = $state(DEFAULT_VIEW.facets);
  inspector = $state(DEFAULT_VIEW.inspector);
  facetsPx = $state(DEFAULT_VIEW.facetsPx);
  inspectorPx = $state(DEFAULT_VIEW.inspectorPx);
  autoAdvance = $state(DEFAULT_VIEW.autoAdvance);
  /** The screen that was shown last. */
  screen = $state<Screen>(DEFAULT_VIEW.screen);
  /** The source that was shown last. */
  source = $state<string | null>(null);
  /** Folder of the workspace that was open last; null when it was closed. */
  workspace = $state<string | null>(null);
  facePx = $state(DEFAULT_VIEW.facePx);
  asksFrom = $state(DEFAULT_VIEW.asksFrom);
  folded = $state.raw<readonly string[]>(DEFAULT_VIEW.folded);

  /** `keep` hears how things are seen now, and again after each change. */
  constructor(saved: SavedView, keep: (saved: SavedView) => void) {
    Object.assign(this, saved);
    $effect.root(() => {
      $effect(() => {
        const saved = this.#saved();
        // What the keeper reads is no change of the view.
        untrack(() => {
          keep(saved);
        });
      });
    });
  }

  #saved(): SavedView {
    const { theme, tilePx, tileFit, tileContent, scoreOnTile, boxes, landmarks } = this;
    const { facets, inspector, facetsPx, inspectorPx, autoAdvance, screen, source, workspace } = this;
    const { facePx, asksFrom, folded } = this;
    return {
      ...{ theme, tilePx, tileFit, tileContent, scoreOnTile, boxes, landmarks },
      ...{ facets, inspector, facetsPx, inspectorPx, autoAdvance, screen, source, workspace },
      ...{ facePx, asksFrom, folded },
    };
  }

  /** Makes the tiles of photos larger or smaller by steps, within what is allowed. */
  resizeTiles(steps: number): void {
    this.tilePx = stepped(this.tilePx, steps);
  }

  /** The same for the tiles of faces. */
  resizeFaces(steps: number): void {
    this.facePx = stepped(this.facePx, steps);
  }

  /** Folds a section of the left pane, or unfolds it. */
  fold(section: string): void {
    this.folded = this.folded.includes(section)
      ? this.folded.filter((other) => other !== section)
      : [...this.folded, section];
  }
}
