import {
  CANVAS_CELLS,
  CANVAS_SIDE_PX,
  createPacker,
  evenSize,
  tilesOfLevel,
  type Tile,
} from '../../core/mtcnn/packing.ts';
import { CELL_STRIDE_PX, cellsAlong } from '../../core/mtcnn/pyramid.ts';
import { VALUES_PER_CELL, type CellView } from '../../core/mtcnn/stages.ts';
import { MASK_SIDE } from '../mtcnn/runner.ts';
import { sharedBytes, sharedFloats } from '../networks/networks.ts';
import type { Stage } from './batches.ts';

/** One level of a photo's pyramid: [height, width, 3] uint8, read while its promise is open. */
export type LevelPixels = {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Fills `target` with the level's bytes from `from` on. */
  copyTo(target: Uint8Array, from: number): void;
};

type PendingLevel = {
  readonly level: LevelPixels;
  /** Where the cells of several tiles come together; a single tile's are read where the network left them. */
  readonly cells: CellView | null;
  tilesLeft: number;
  /** Takes the cells of the whole level, now. */
  readonly finish: (cells: CellView) => void;
  readonly reject: (error: unknown) => void;
};
type PendingTile = { readonly tile: Tile; readonly of: PendingLevel };
type PlacedTile = PendingTile & { readonly xPx: number; readonly yPx: number };

export type CellStage = Stage & {
  /** Resolves with what `find` finds in the P-net's cells of the whole level, which are there only while it looks. */
  submit<Found>(level: LevelPixels, find: (cells: CellView) => Found): Promise<Found>;
};

/** What the mask holds where the first convolution reached beyond its tile: less than any activation. */
const MASKED = -1e30;

/** Tiles fill a canvas to about nine tenths; with this much waiting, one run wastes little. */
const FULL_CANVAS_PX = 1.2 * CANVAS_SIDE_PX * CANVAS_SIDE_PX;

const CHANNELS = 3;

/** What one run of the P-net takes and gives; kept from run to run. */
type Sheet = { readonly canvas: Uint8Array; readonly mask: Float32Array; readonly cells: Float32Array };

const newSheet = (): Sheet => ({
  canvas: sharedBytes(CANVAS_SIDE_PX * CANVAS_SIDE_PX * CHANNELS),
  mask: sharedFloats(MASK_SIDE * MASK_SIDE),
  cells: sharedFloats(CANVAS_CELLS * CANVAS_CELLS * VALUES_PER_CELL),
});

/** Draws tiles onto a canvas. What is read of a level, [rows, widthPx, 3], goes through memory that is kept. */
const createPen = () => {
  let scratch = new Uint8Array(0);
  return (canvas: Uint8Array, { tile, of: { level }, xPx, yPx }: PlacedTile): void => {
    const rowBytes = level.widthPx * CHANNELS;
    const bytes = tile.heightPx * rowBytes;
    if (scratch.byteLength < bytes) scratch = new Uint8Array(bytes);
    level.copyTo(scratch.subarray(0, bytes), tile.yPx * rowBytes);
    for (let row = 0; row < tile.heightPx; row += 1) {
      const from = row * rowBytes + tile.xPx * CHANNELS;
      canvas.set(
        scratch.subarray(from, from + tile.widthPx * CHANNELS),
        ((yPx + row) * CANVAS_SIDE_PX + xPx) * CHANNELS,
      );
    }
  };
};

/** An odd tile's last pooling window would take in a column (or row) of the gap beside it; see `pnet`. */
const maskOddEdges = (mask: Float32Array, { tile, xPx, yPx }: PlacedTile): void => {
  const column = xPx + tile.widthPx - 2;
  const row = yPx + tile.heightPx - 2;
  if (tile.widthPx % 2 === 1) {
    for (let y = yPx; y <= Math.min(row, MASK_SIDE - 1); y += 1) mask[y * MASK_SIDE + column] = MASKED;
  }
  if (tile.heightPx % 2 === 1)
    mask.fill(MASKED, row * MASK_SIDE + xPx, row * MASK_SIDE + Math.min(column + 1, MASK_SIDE));
};

/** The cells of a tile where the network left them. */
const cellsOfTile = (values: Float32Array, { tile, xPx, yPx }: PlacedTile): CellView => ({
  values,
  first: (yPx / CELL_STRIDE_PX) * CANVAS_CELLS + xPx / CELL_STRIDE_PX,
  stride: CANVAS_CELLS,
  rows: tile.rows,
  columns: tile.columns,
});

const copyCells = (found: CellView, { tile }: PlacedTile, cells: CellView): void => {
  const toRow = tile.yPx / CELL_STRIDE_PX;
  const toColumn = tile.xPx / CELL_STRIDE_PX;
  for (let row = 0; row < tile.rows; row += 1) {
    const from = found.first + row * found.stride;
    cells.values.set(
      found.values.subarray(from * VALUES_PER_CELL, (from + tile.columns) * VALUES_PER_CELL),
      ((toRow + row) * cells.columns + toColumn) * VALUES_PER_CELL,
    );
  }
};

/** Hands on what the network found in a tile, once its level is complete. */
const takeCells = (values: Float32Array, placed: PlacedTile): void => {
  const { of } = placed;
  const found = cellsOfTile(values, placed);
  if (of.cells !== null) copyCells(found, placed, of.cells);
  of.tilesLeft -= 1;
  if (of.tilesLeft === 0) of.finish(of.cells ?? found);
};

const noCells = (columns: number, rows: number): CellView => ({
  values: new Float32Array(columns * rows * VALUES_PER_CELL),
  first: 0,
  stride: columns,
  rows,
  columns,
});

/** Lays the pyramids of many photos side by side on canvases of one size and runs the P-net on each canvas. */
export const createCellStage = (
  network: (canvas: Uint8Array, mask: Float32Array, cells: Float32Array) => Promise<unknown>,
): CellStage => {
  let waiting: PendingTile[] = [];
  let waitingPx = 0;
  const spare: Sheet[] = [];
  const drawTile = createPen();

  const areaOf = ({ tile }: PendingTile): number => evenSize(tile.widthPx) * evenSize(tile.heightPx);

  /** How many of the tiles that wait longest have together the area of a canvas. */
  const countOfFirstCanvas = (): number => {
    let areaPx = 0;
    const beyond = waiting.findIndex((pending) => {
      areaPx += areaOf(pending);
      return areaPx > CANVAS_SIDE_PX * CANVAS_SIDE_PX;
    });
    return beyond < 0 ? waiting.length : Math.max(1, beyond);
  };

  const fillCanvas = (): PlacedTile[] => {
    const packer = createPacker();
    const placed: PlacedTile[] = [];
    const isPlaced = new Set<PendingTile>();
    const place = (tiles: PendingTile[]): void => {
      // Tallest first packs best.
      for (const pending of tiles.sort((a, b) => b.tile.heightPx - a.tile.heightPx)) {
        const at = packer.place(evenSize(pending.tile.widthPx), evenSize(pending.tile.heightPx));
        if (at === null) continue;
        placed.push({ ...pending, ...at });
        isPlaced.add(pending);
      }
    };
    // What waits longest goes first: a photo is held until its last tile is done. Later tiles fill the gaps.
    const first = countOfFirstCanvas();
    place(waiting.slice(0, first));
    place(waiting.slice(first));
    waiting = waiting.filter((pending) => !isPlaced.has(pending));
    waitingPx -= placed.reduce((sum, tile) => sum + areaOf(tile), 0);
    return placed;
  };

  return {
    isFull: () => waitingPx >= FULL_CANVAS_PX,
    isEmpty: () => waiting.length === 0,
    submit(level, find) {
      const tiles = tilesOfLevel(level.widthPx, level.heightPx);
      const size = [cellsAlong(level.widthPx), cellsAlong(level.heightPx)] as const;
      return new Promise((resolve, reject) => {
        const finish = (cells: CellView): void => {
          resolve(find(cells));
        };
        if (tiles.length === 0) {
          finish(noCells(...size));
          return;
        }
        const cells = tiles.length === 1 ? null : noCells(...size);
        const of: PendingLevel = { level, cells, tilesLeft: tiles.length, finish, reject };
        for (const tile of tiles) {
          waiting.push({ tile, of });
          waitingPx += areaOf({ tile, of });
        }
      });
    },
    async run() {
      const placed = fillCanvas();
      const sheet = spare.pop() ?? newSheet();
      try {
        sheet.mask.fill(0);
        for (const tile of placed) {
          drawTile(sheet.canvas, tile);
          maskOddEdges(sheet.mask, tile);
        }
        await network(sheet.canvas, sheet.mask, sheet.cells);
        for (const tile of placed) takeCells(sheet.cells, tile);
      } catch (error) {
        for (const tile of placed) tile.of.reject(error);
      } finally {
        spare.push(sheet);
      }
    },
  };
};
