import { join } from 'node:path';
import { isWithin } from '../files/paths.ts';

/** Where a run keeps what it needs until it ends; removed by the last one. */
const STATE_FOLDER = '.facenet-studio';

/** The names inside an output folder. */
export type Layout = {
  readonly folder: string;
  readonly ledger: string;
  readonly manifest: string;
  readonly state: string;
  readonly plan: string;
  readonly lock: string;
  readonly intents: string;
  readonly participants: string;
  readonly claims: string;
  readonly segments: string;
  boundingBoxes(settingsNumber: string): string;
  /** Absolute path of a file that a ledger names. @throws when it would lie outside */
  absolute(file: string): string;
};

/** The names inside the output folder `folder` (absolute). */
export const layoutOf = (folder: string): Layout => {
  const state = join(folder, STATE_FOLDER);
  return {
    folder,
    ledger: join(folder, 'ledger.jsonl'),
    manifest: join(folder, 'facenet-studio.json'),
    state,
    plan: join(state, 'plan.json'),
    lock: join(state, 'lock'),
    intents: join(state, 'intents.jsonl'),
    participants: join(state, 'participants'),
    claims: join(state, 'claims'),
    segments: join(state, 'segments'),
    boundingBoxes: (settingsNumber) => join(folder, `bounding_boxes_${settingsNumber}.txt`),
    absolute(file) {
      const path = join(folder, file);
      if (!isWithin(folder, path))
        throw new Error(`The ledger in ${folder} names a file outside it: ${file}`);
      return path;
    },
  };
};
