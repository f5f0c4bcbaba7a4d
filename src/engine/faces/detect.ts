import { chooseFace } from '../../core/mtcnn/choose.ts';
import {
  candidatesOfLevel,
  facesFromOutput,
  squaresForOutput,
  squaresForRefinement,
  toPhotoFrame,
  VALUES_PER_OUTPUT,
  VALUES_PER_REFINEMENT,
  type Candidate,
  type DetectedFace,
} from '../../core/mtcnn/stages.ts';
import type { Box } from '../../core/geometry/box.ts';
import type { DetectSettings } from '../../contract/faces.ts';
import type { OpenedPhoto } from '../../node/images/pool.ts';
import { ONET_SIDE_PX, RNET_SIDE_PX } from '../mtcnn/runner.ts';
import { sharedFloats, type Networks } from '../networks/networks.ts';
import { createScheduler, type BatchScheduler, type Stage } from '../pipeline/batches.ts';
import { createCellStage, type CellStage } from '../pipeline/cell-stage.ts';
import { createSquareStage, type SquareStage } from '../pipeline/square-stage.ts';

/** From this many squares on, a larger batch of the R- or O-net costs no less for each; measured on two cores. */
const RNET_FULL_BATCH = 96;
const ONET_FULL_BATCH = 24;

/** A photo of noise yields tens of thousands of squares; they are fetched in parts of this many. */
const MOST_SQUARES_AT_ONCE = 512;

/** Seconds that the engine itself has spent since it started. */
export type NetworkSeconds = { pnet: number; rnet: number; onet: number; boxes: number };

export type Found = { readonly faces: readonly DetectedFace[]; readonly chosen: number | null };

export type Detector = {
  readonly scheduler: BatchScheduler;
  readonly seconds: Readonly<NetworkSeconds>;
  /** Lets a stage that comes after all others take part in the turns, until it is taken out again. */
  addStage(stage: Stage): () => void;
  /** All faces of a photo that was opened with its pyramid, best first, and the index of the one it is about. */
  detect(photo: OpenedPhoto, settings: DetectSettings): Promise<Found>;
};

const asInt32 = (boxes: readonly Box[]): Int32Array => Int32Array.from(boxes.flat());

/** Counts the time of what is done with boxes. */
const timerOf =
  (seconds: NetworkSeconds, now: () => number) =>
  <Value>(work: () => Value): Value => {
    const start = now();
    try {
      return work();
    } finally {
      seconds.boxes += (now() - start) / 1000;
    }
  };

/** Runs MTCNN over many photos at once: call `detect` for several and their pieces share batches. */
export const createDetector = (networks: Networks, now: () => number): Detector => {
  const seconds: NetworkSeconds = { pnet: 0, rnet: 0, onet: 0, boxes: 0 };
  const timed = timerOf(seconds, now);
  const counted = async (network: 'pnet' | 'rnet' | 'onet', run: Promise<number>): Promise<void> => {
    seconds[network] += await run;
  };

  const cells: CellStage = createCellStage((canvas, mask, output) =>
    counted('pnet', networks.pnet(canvas, mask, output)),
  );
  const refinement: SquareStage = createSquareStage({
    sidePx: RNET_SIDE_PX,
    valuesPerSquare: VALUES_PER_REFINEMENT,
    fullBatch: RNET_FULL_BATCH,
    newSquares: sharedFloats,
    network: (squares, count, values) => counted('rnet', networks.rnet(squares, count, values)),
  });
  const output: SquareStage = createSquareStage({
    sidePx: ONET_SIDE_PX,
    valuesPerSquare: VALUES_PER_OUTPUT,
    fullBatch: ONET_FULL_BATCH,
    newSquares: sharedFloats,
    network: (squares, count, values) => counted('onet', networks.onet(squares, count, values)),
  });
  const stages: Stage[] = [output, refinement, cells];
  const scheduler = createScheduler(stages);

  const valuesOfSquares = async (
    photo: OpenedPhoto,
    boxes: readonly Box[],
    sidePx: typeof RNET_SIDE_PX | typeof ONET_SIDE_PX,
    stage: SquareStage,
    valuesPerSquare: number,
  ): Promise<Float32Array> => {
    const values = new Float32Array(boxes.length * valuesPerSquare);
    for (let first = 0; first < boxes.length; first += MOST_SQUARES_AT_ONCE) {
      const part = boxes.slice(first, first + MOST_SQUARES_AT_ONCE);
      const squares = await photo.crops(asInt32(part), sidePx);
      values.set(await scheduler.park(stage.submit(squares, part.length)), first * valuesPerSquare);
    }
    return values;
  };

  const candidatesOf = async (
    photo: OpenedPhoto,
    threshold: number,
    asFacenet: boolean,
  ): Promise<readonly Candidate[]> => {
    const submitted = photo.levels.map((level) =>
      cells.submit(level, (found) => timed(() => candidatesOfLevel(found, level, threshold, asFacenet))),
    );
    // While one waits, its pixels are read; so all of them are awaited, also when one failed.
    const settled = await scheduler.park(Promise.allSettled(submitted));
    photo.releaseLevels();
    return settled.flatMap((each) => {
      if (each.status === 'rejected') throw each.reason;
      return each.value;
    });
  };

  return {
    scheduler,
    seconds,
    addStage(stage) {
      stages.unshift(stage);
      return () => {
        stages.splice(stages.indexOf(stage), 1);
      };
    },
    async detect(photo, { mode, thresholds: [first, second, third] }) {
      const asFacenet = mode === 'facenet';
      const candidates = await candidatesOf(photo, first, asFacenet);
      const squares = timed(() => squaresForRefinement(candidates));
      const refined = await valuesOfSquares(photo, squares, RNET_SIDE_PX, refinement, VALUES_PER_REFINEMENT);
      const remaining = timed(() => squaresForOutput(squares, refined, second));
      const finished = await valuesOfSquares(photo, remaining, ONET_SIDE_PX, output, VALUES_PER_OUTPUT);
      return timed(() => {
        const faces = toPhotoFrame(facesFromOutput(remaining, finished, third), asFacenet);
        return {
          faces,
          chosen: chooseFace(
            faces.map((face) => face.box),
            photo,
            asFacenet,
          ),
        };
      });
    },
  };
};
