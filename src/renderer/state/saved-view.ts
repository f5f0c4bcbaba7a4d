/** Where the rail leads. */
export type Screen =
  'library' | 'clean' | 'clusters' | 'train' | 'evaluate' | 'keep' | 'activity' | 'settings';
export type Theme = 'system' | 'dark' | 'light';
export type TileFit = 'whole' | 'fill';
export type TileContent = 'photo' | 'crop';
export type ScoreOnTile = 'hover' | 'always';

export const LEAST_TILE_PX = 48;
/** Sizes of face tiles that one click or key leads to. */
export const COMPACT_FACE_PX = 80;
export const LARGE_FACE_PX = 208;
export const MOST_TILE_PX = 480;
export const TILE_STEP_PX = 16;

/** How a person wants to see things, as it is kept. */
export type SavedView = {
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
  /** A review goes on to the next face when one was decided. */
  readonly autoAdvance: boolean;
  readonly screen: Screen;
  readonly source: string | null;
  /** Folder of the workspace that was open last. */
  readonly workspace: string | null;
  /** Size of the tiles of faces; the photos of folders have their own. */
  readonly facePx: number;
  /** An edit of so many faces or more shows first what it would change. */
  readonly asksFrom: number;
  /** Sections of the left pane that are folded. */
  readonly folded: readonly string[];
};

export const DEFAULT_VIEW: SavedView = {
  theme: 'dark',
  tilePx: 160,
  tileFit: 'whole',
  tileContent: 'photo',
  scoreOnTile: 'hover',
  boxes: true,
  landmarks: true,
  facets: true,
  inspector: true,
  facetsPx: 248,
  inspectorPx: 300,
  autoAdvance: true,
  screen: 'library',
  source: null,
  workspace: null,
  facePx: 112,
  asksFrom: 2,
  folded: ['sharpness', 'exposure', 'yaw', 'pitch', 'roll', 'date'],
};

/** Takes of what was saved what still is of the right kind; the rest keeps its default. */
export const parseSaved = (text: string | null): SavedView => {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '{}');
  } catch {
    return DEFAULT_VIEW;
  }
  if (typeof value !== 'object' || value === null) return DEFAULT_VIEW;
  const given: Readonly<Record<string, unknown>> = { ...value };
  const one = <Value extends string>(
    key: keyof SavedView,
    known: readonly Value[],
    otherwise: Value,
  ): Value => known.find((name) => name === given[key]) ?? otherwise;
  const flag = (key: 'boxes' | 'landmarks' | 'facets' | 'inspector' | 'autoAdvance'): boolean =>
    typeof given[key] === 'boolean' ? given[key] : DEFAULT_VIEW[key];
  const length = (
    key: 'tilePx' | 'facePx' | 'facetsPx' | 'inspectorPx' | 'asksFrom',
    least: number,
    most: number,
  ): number =>
    typeof given[key] === 'number' && given[key] >= least && given[key] <= most
      ? given[key]
      : DEFAULT_VIEW[key];
  const words = (key: 'source' | 'workspace'): string | null =>
    typeof given[key] === 'string' ? given[key] : null;
  return {
    theme: one('theme', ['system', 'dark', 'light'], DEFAULT_VIEW.theme),
    tilePx: length('tilePx', LEAST_TILE_PX, MOST_TILE_PX),
    tileFit: one('tileFit', ['whole', 'fill'], DEFAULT_VIEW.tileFit),
    tileContent: one('tileContent', ['photo', 'crop'], DEFAULT_VIEW.tileContent),
    scoreOnTile: one('scoreOnTile', ['hover', 'always'], DEFAULT_VIEW.scoreOnTile),
    boxes: flag('boxes'),
    landmarks: flag('landmarks'),
    facets: flag('facets'),
    inspector: flag('inspector'),
    facetsPx: length('facetsPx', 160, 480),
    inspectorPx: length('inspectorPx', 220, 560),
    autoAdvance: flag('autoAdvance'),
    screen: one(
      'screen',
      ['library', 'clean', 'clusters', 'train', 'evaluate', 'keep', 'activity', 'settings'],
      DEFAULT_VIEW.screen,
    ),
    source: words('source'),
    workspace: words('workspace'),
    facePx: length('facePx', LEAST_TILE_PX, MOST_TILE_PX),
    asksFrom: length('asksFrom', 2, 1_000_000),
    folded: Array.isArray(given['folded'])
      ? given['folded'].filter((name): name is string => typeof name === 'string')
      : DEFAULT_VIEW.folded,
  };
};
