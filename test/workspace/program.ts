import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf, run, type Ended } from '../align/program.ts';
import type { BuiltFakes } from '../fakes/build.ts';

/** A folder of small photos of two people, and the command line with the fake engine. */
export type Place = {
  readonly folder: string;
  readonly photos: string;
  readonly work: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly studio: (...args: readonly string[]) => Promise<Ended>;
  /** What a command writes as its document, whatever its exit code. */
  readonly json: <Document>(...args: readonly string[]) => Promise<Document>;
  /** Makes the workspace, adds the photos and aligns them. */
  readonly setUp: () => Promise<void>;
  readonly remove: () => Promise<void>;
};

const PHOTOS: readonly (readonly [file: string, content: string])[] = [
  ['ann/1.jpg', 'one a'],
  ['ann/2.jpg', 'two b'],
  ['bob/1.jpg', 'one c'],
  ['bob/2.jpg', 'none d'],
  ['bob/4.jpg', 'one a'],
];

/** Makes such a place; `remove` it. */
export const createPlace = async (fakes: BuiltFakes, photosThere = PHOTOS): Promise<Place> => {
  const folder = await mkdtemp(join(tmpdir(), 'workspace-'));
  const photos = join(folder, 'photos');
  const work = join(folder, 'work');
  const environment = { FACENET_STUDIO_HOME: join(folder, 'home') };
  for (const [file, content] of photosThere) {
    await mkdir(join(photos, file, '..'), { recursive: true });
    await writeFile(join(photos, file), content);
  }
  const studio = (...args: readonly string[]): Promise<Ended> => run(fakes.cli, args, environment);
  const expectWell = async (...args: readonly string[]): Promise<Ended> => {
    const ended = await studio(...args);
    if (ended.code !== 0)
      throw new Error(`${args.join(' ')} ended with ${String(ended.code)}: ${ended.error}`);
    return ended;
  };
  return {
    folder,
    photos,
    work,
    environment,
    studio,
    json: async <Document>(...args: readonly string[]) => {
      const { out } = await studio(...args, '--json');
      return JSON.parse(out) as Document; // the command's own format
    },
    async setUp() {
      await expectWell('init', work);
      await expectWell('add', work, photos);
      await expectWell('align', work, '--quiet');
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
};

/** As `digestOf`, without the index of SQLite's log, which reading changes. */
export const withoutIndex = async (folder: string): Promise<readonly string[]> =>
  (await digestOf(folder)).filter((line) => !/-(?:shm|wal) /.test(line));
