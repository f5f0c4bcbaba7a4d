export type Theme = 'system' | 'dark' | 'light';
export type TileFit = 'whole' | 'fill';
export type TileContent = 'photo' | 'crop';
export type ScoreOnTile = 'hover' | 'always';

export const LEAST_TILE_PX = 64;
export const MOST_TILE_PX = 480;
export const TILE_STEP_PX = 16;

type Saved = {
  readonly theme: Theme;
  readonly tilePx: number;
  readonly tileFit: TileFit;
  readonly tileContent: TileContent;
  readonly scoreOnTile: ScoreOnTile;
  readonly boxes: boolean;
  readonly landmarks: boolean;
  readonly facets: boolean;
  readonly inspector: boolean;
  readonly facetsPx: number;
  readonly inspectorPx: number;
  readonly source: string | null;
};

const DEFAULTS: Saved = {
  theme: 'system',
  tilePx: 160,
  tileFit: 'whole',
  tileContent: 'photo',
  scoreOnTile: 'hover',
  boxes: true,
  landmarks: true,
  facets: true,
  inspector: true,
  facetsPx: 224,
  inspectorPx: 300,
  source: null,
};
const STORAGE_KEY = 'view';

/** Takes of what was saved what still is of the right kind; the rest keeps its default. */
export const parseSaved = (text: string | null): Saved => {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '{}');
  } catch {
    return DEFAULTS;
  }
  if (typeof value !== 'object' || value === null) return DEFAULTS;
  const given: Readonly<Record<string, unknown>> = { ...value };
  const one = <Value extends string>(key: keyof Saved, known: readonly Value[], otherwise: Value): Value =>
    known.find((name) => name === given[key]) ?? otherwise;
  const flag = (key: 'boxes' | 'landmarks' | 'facets' | 'inspector'): boolean =>
    typeof given[key] === 'boolean' ? given[key] : DEFAULTS[key];
  const length = (key: 'tilePx' | 'facetsPx' | 'inspectorPx', least: number, most: number): number =>
    typeof given[key] === 'number' && given[key] >= least && given[key] <= most ? given[key] : DEFAULTS[key];
  return {
    theme: one('theme', ['system', 'dark', 'light'], DEFAULTS.theme),
    tilePx: length('tilePx', LEAST_TILE_PX, MOST_TILE_PX),
    tileFit: one('tileFit', ['whole', 'fill'], DEFAULTS.tileFit),
    tileContent: one('tileContent', ['photo', 'crop'], DEFAULTS.tileContent),
    scoreOnTile: one('scoreOnTile', ['hover', 'always'], DEFAULTS.scoreOnTile),
    boxes: flag('boxes'),
    landmarks: flag('landmarks'),
    facets: flag('facets'),
    inspector: flag('inspector'),
    facetsPx: length('facetsPx', 160, 480),
    inspectorPx: length('inspectorPx', 220, 560),
    source: typeof given['source'] === 'string' ? given['source'] : null,
  };
};

/** How a person wants to see things; kept from one start to the next. */
export class View {
  theme = $state<Theme>(DEFAULTS.theme);
  tilePx = $state(DEFAULTS.tilePx);
  tileFit = $state<TileFit>(DEFAULTS.tileFit);
  tileContent = $state<TileContent>(DEFAULTS.tileContent);
  scoreOnTile = $state<ScoreOnTile>(DEFAULTS.scoreOnTile);
  boxes = $state(DEFAULTS.boxes);
  landmarks = $state(DEFAULTS.landmarks);
  facets = $state(DEFAULTS.facets);
  inspector = $state(DEFAULTS.inspector);
  facetsPx = $state(DEFAULTS.facetsPx);
  inspectorPx = $state(DEFAULTS.inspectorPx);
  /** The source that was shown last. */
  source = $state<string | null>(null);

  constructor(storage: Storage) {
    Object.assign(this, parseSaved(storage.getItem(STORAGE_KEY)));
    $effect.root(() => {
      $effect(() => {
        storage.setItem(STORAGE_KEY, JSON.stringify(this.#saved()));
      });
    });
  }

  #saved(): Saved {
    const { theme, tilePx, tileFit, tileContent, scoreOnTile, boxes, landmarks } = this;
    const { facets, inspector, facetsPx, inspectorPx, source } = this;
    return {
      ...{ theme, tilePx, tileFit, tileContent, scoreOnTile, boxes, landmarks },
      ...{ facets, inspector, facetsPx, inspectorPx, source },
    };
  }

  /** Makes tiles larger or smaller by steps, within what is allowed. */
  resizeTiles(steps: number): void {
    const next = this.tilePx + steps * TILE_STEP_PX;
    this.tilePx = Math.max(LEAST_TILE_PX, Math.min(MOST_TILE_PX, next));
  }
}
