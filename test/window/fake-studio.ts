import { implement, createRouterClient } from '@orpc/server';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { startBrowserShell, type BrowserShell } from '../../src/cli/serve/server.ts';
import type { Notice } from '../../src/contract/notices.ts';
import { Settings as SettingsSchema, type Settings } from '../../src/contract/settings.ts';
import { DEFAULT_SETTINGS } from '../../src/core/settings/defaults.ts';
import { Channel } from '../../src/contract/channel.ts';
import {
  studioContract,
  type Counts,
  type Job,
  type Photo,
  type Source,
  type StudioClient,
} from '../../src/contract/studio.ts';
import { serve } from '../../src/node/processes/serve.ts';
import type { Guest } from '../../src/node/processes/share.ts';
import { listWindowFiles } from '../../src/node/processes/window-files.ts';

/** Side of the made-up photos. */
const SIDE_PX = 200;

export type FakeStudioOptions = {
  /** Where the window was built. */
  readonly window: string;
  /** An empty folder for the one picture. */
  readonly folder: string;
  readonly photos: number;
  readonly port?: number;
  readonly nameOf?: (photo: number) => string;
  readonly jobs?: readonly Job[];
  /** Every list of photos is refused with this sentence. */
  readonly refusal?: string;
};

export type FakeStudio = {
  readonly shell: BrowserShell;
  /** Largest number of photos that one call asked for, and how many calls there were. */
  readonly asked: { calls: number; mostRows: number };
  /** Ends every connection, as a studio that dies does; `up` takes new ones. */
  down(): void;
  /** Tells the window of something, as the studio does while nobody looks. */
  tell(notice: Notice): void;
  up(): void;
  close(): Promise<void>;
};

const SETTINGS: Source['settings'] = {
  detect: { mode: 'studio', minFaceSizePx: 20, thresholds: [0.6, 0.7, 0.7], scaleFactor: 0.709 },
  crop: { style: 'box', imageSizePx: 182, marginPx: 44, detectMultipleFaces: false },
};

/** A made-up photo with one face whose place depends on its id. */
const photoOf = (id: number, file: string): Photo => {
  const left = 40 + (id % 40);
  const top = 30 + (id % 30);
  return {
    id,
    file,
    identity: file.split('/').slice(0, -1).join('/'),
    status: 'aligned',
    reason: { code: 'one-face', message: 'One face was found.' },
    widthPx: SIDE_PX,
    heightPx: SIDE_PX,
    conversions: [],
    faces: [
      {
        box: [left, top, left + 90, top + 110],
        score: 0.9 + (id % 100) / 1000,
        landmarks: [
          [left + 25, top + 40],
          [left + 65, top + 40],
          [left + 45, top + 65],
          [left + 30, top + 85],
          [left + 60, top + 85],
        ],
      },
    ],
    chosen: 0,
    crops: [0],
    version: `v${String(id % 7)}`,
  };
};

type Told = { next: (notice: Notice) => void };

const createRouter = (
  options: FakeStudioOptions,
  picture: string,
  { asked, told }: { readonly asked: FakeStudio['asked']; readonly told: Told },
) => {
  const os = implement(studioContract);
  const nameOf = options.nameOf ?? ((id: number) => `person-${String(id % 1000)}/photo-${String(id)}.jpg`);
  const source: Source = {
    ...{ id: 'made-up', name: 'made-up', folder: '/photos/made-up', output: '/crops/made-up' },
    settings: SETTINGS,
    isSample: false,
  };
  const counts: Counts = {
    ...{ images: options.photos, aligned: options.photos },
    ...{ noFace: 0, failed: 0, skipped: 0, pending: 0 },
  };
  let settings: Settings = { ...DEFAULT_SETTINGS };
  const forever = (signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve) => {
      signal?.addEventListener('abort', () => {
        resolve();
      });
    });
  return {
    engine: {
      watch: os.engine.watch.handler(async function* ({ signal }) {
        yield {
          state: 'ready' as const,
          info: {
            backend: 'tensorflow' as const,
            device: 'GPU',
            version: '2.21.0',
            libraries: [],
            whyNotBetter: null,
          },
        };
        await forever(signal);
      }),
    },
    settings: {
      watch: os.settings.watch.handler(async function* ({ signal }) {
        yield settings;
        await forever(signal);
      }),
      change: os.settings.change.handler(({ input }) => {
        settings = SettingsSchema.parse({ ...settings, ...input });
        return settings;
      }),
      adopt: os.settings.adopt.handler(() => settings),
      folders: os.settings.folders.handler(() => ({
        ...{ data: '/data', settings: '/data/settings.json', crops: '/data/aligned' },
        pictures: { folder: '/data/cache', bytes: 3_000_000 },
      })),
    },
    notices: {
      watch: os.notices.watch.handler(async function* ({ signal }) {
        for (;;) {
          const notice = await Promise.race([
            new Promise<Notice>((resolve) => (told.next = resolve)),
            forever(signal).then(() => null),
          ]);
          if (notice === null) return;
          yield notice;
        }
      }),
    },
    samples: { describe: os.samples.describe.handler(() => ({ photos: 6, licence: 'MIT licence' })) },
    sources: { list: os.sources.list.handler(() => [source]) },
    workspace: {
      recent: os.workspace.recent.handler(async function* ({ signal }) {
        yield [];
        await forever(signal);
      }),
    },
    photos: {
      list: os.photos.list.handler(({ input, errors }) => {
        if (options.refusal !== undefined) throw errors.FAILED({ data: { message: options.refusal } });
        asked.calls += 1;
        asked.mostRows = Math.max(asked.mostRows, input.limit);
        const isNone = input.filter.statuses.length > 0 && !input.filter.statuses.includes('aligned');
        const total = isNone ? 0 : options.photos;
        const length = Math.max(0, Math.min(input.limit, total - input.offset));
        const photos = Array.from({ length }, (_, row) =>
          photoOf(input.offset + row, nameOf(input.offset + row)),
        );
        return { total, revision: 1, photos };
      }),
      watch: os.photos.watch.handler(async function* ({ signal }) {
        yield { revision: 1, counts };
        await forever(signal);
      }),
    },
    jobs: {
      watch: os.jobs.watch.handler(async function* ({ signal }) {
        for (const job of options.jobs ?? []) yield job;
        await forever(signal);
      }),
      cancel: os.jobs.cancel.handler(() => undefined),
    },
    pictures: { locate: os.pictures.locate.handler(() => ({ file: picture, mimeType: 'image/jpeg' })) },
  };
};

const drawPicture = async (file: string): Promise<void> => {
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="${String(SIDE_PX)}" height="${String(SIDE_PX)}">
    <defs><linearGradient id="g" x2="0" y2="1"><stop stop-color="#6b7480"/><stop offset="1" stop-color="#2f343b"/></linearGradient></defs>
    <rect width="100%" height="100%" fill="url(#g)"/><circle cx="100" cy="95" r="48" fill="#b98d6f"/>
    <rect x="45" y="150" width="110" height="60" rx="30" fill="#4d5d73"/></svg>`;
  writeFileSync(file, await sharp(Buffer.from(drawing)).jpeg().toBuffer());
};

/**
 * A studio with made-up photos, as many as wanted, behind the real browser shell: everything between the window and a
 * handler is the real code.
 */
export const startFakeStudio = async (options: FakeStudioOptions): Promise<FakeStudio> => {
  const picture = join(options.folder, 'picture.jpg');
  await drawPicture(picture);
  const asked = { calls: 0, mostRows: 0 };
  const told: Told = { next: () => undefined };
  const router = createRouter(options, picture, { asked, told });
  const attach = serve(router, () => undefined);
  const guests = new Set<{ readonly guest: Guest; readonly channel: Channel }>();
  let isUp = true;
  const service = {
    // The shell calls only `pictures` itself.
    client: createRouterClient(router) as unknown as StudioClient,
    admit(guest: Guest) {
      if (!isUp) return null;
      const channel = new Channel('guest', (frame) => {
        if ('data' in frame) guest.message(frame.data);
      });
      const entry = { guest, channel };
      guests.add(entry);
      attach(channel);
      return {
        relay(data: unknown) {
          channel.deliver(data);
          return true;
        },
        end: () => {
          guests.delete(entry);
          channel.closed();
        },
      };
    },
  };
  const shell = await startBrowserShell({
    port: options.port ?? 0,
    service,
    files: listWindowFiles(options.window),
    report: () => undefined,
  });
  return {
    shell,
    asked,
    tell: (notice) => {
      told.next(notice);
    },
    down() {
      isUp = false;
      for (const { guest, channel } of guests) {
        channel.closed();
        guest.closed();
      }
      guests.clear();
    },
    up() {
      isUp = true;
    },
    close: () => shell.close(),
  };
};
