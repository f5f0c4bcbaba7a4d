/**
 * A workspace at CASIA's size (453,453 faces) and at 2,000,000: what a window waits for, asked of the studio service over its real channel.
 * Options: --size casia|vggface2, --folder PATH (keeps the generated workspaces and uses them again).
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildPrograms } from './support/build-programs.mjs';
import { fixed, residentMegabytes } from './support/programs.mjs';
import { chosenSizes, ensureWorkspace, openBenchFolder } from './support/workspaces.mjs';

/**
 * @typedef {import('../src/contract/studio.ts').StudioClient['workspace']} Client
 * @typedef {import('../src/contract/workspace-faces.ts').FaceFilter} FaceFilter
 * @typedef {import('../src/contract/workspace-faces.ts').FaceSort} FaceSort
 * @typedef {import('../src/contract/workspace-edits.ts').EditCommand} EditCommand
 * @typedef {{ name: string, ms: number }} Timing
 */

const PAGE = 200;
const BULK_FACES = 100_000;
const WHO = 'bench';
const FIRST_LOOK_MS = 5000;
const PROMISED = { openMs: 3000, listMs: 100, facetsMs: 100, keyMs: 50, megabytes: 1500 };

/** @type {readonly FaceFilter[]} */
const FILTERS = [
  {},
  { states: ['unreviewed'] },
  { states: ['rejected', 'unusable'] },
  { identities: [17] },
  { identities: [0] },
  { exclude: { identities: [1, 2, 3], states: ['rejected'] } },
  { sources: [1] },
  { fileStatuses: ['severalFaces'] },
  { name: '004' },
  { text: '0000123' },
  { text: '9.jpg' },
  { isEdited: true },
  { isStale: true },
  { isChosen: true },
  { hasSeveralIdentities: true },
  { ranges: { score: { most: 0.9 } } },
  { ranges: { size: { least: 150 } } },
  { ranges: { sharpness: { most: 50 }, exposure: { most: 0.3 } } },
  { ranges: { yaw: { least: 40 } } },
  { ranges: { date: { least: 1.3e9, most: 1.35e9 } }, states: ['unreviewed'] },
];
/** @type {readonly FaceSort['by'][]} */
const SORTS = ['added', 'identity', 'score', 'size', 'sharpness', 'exposure', 'yaw', 'pitch', 'roll', 'date'];

/**
 * @param {Timing[]} timings
 * @param {string} name
 * @param {() => Promise<unknown>} work
 */
const measure = async (timings, name, work) => {
  const start = performance.now();
  await work();
  timings.push({ name, ms: performance.now() - start });
};

/**
 * @param {string} title
 * @param {readonly Timing[]} timings
 * @param {number | null} promisedMs
 */
const report = (title, timings, promisedMs) => {
  const sorted = [...timings].sort((a, b) => b.ms - a.ms);
  const promise = promisedMs === null ? '' : ` (asked: under ${String(promisedMs)} ms)`;
  const over = promisedMs === null ? 0 : sorted.filter(({ ms }) => ms > promisedMs).length;
  console.log(
    `${title}: ${String(timings.length)} measured, slowest ${fixed(sorted[0]?.ms ?? 0)} ms${promise}, ${String(over)} over`,
  );
  for (const { name, ms } of sorted.slice(0, 5)) console.log(`  ${fixed(ms).padStart(8)} ms  ${name}`);
};

/**
 * Edits, each followed by the first page that shows it.
 * @param {Client} client
 * @param {string} workspace
 */
const measureEdits = async (client, workspace) => {
  /** @type {Timing[]} */
  const keys = [];
  /** @type {Timing[]} */
  const bulk = [];
  const unreviewed = /** @type {const} */ ({ states: ['unreviewed'] });
  const firstPage = () =>
    client.tiles({ workspace, filter: { ...unreviewed, states: ['unreviewed'] }, limit: PAGE });
  for (let face = 1000; face < 1010; face += 1) {
    /** @type {EditCommand} */
    const command = { kind: 'mark', selection: { faces: [face] }, state: 'confirmed' };
    await measure(keys, `mark face ${String(face)}`, () => client.edit({ workspace, command, who: WHO }));
    await measure(keys, 'first page after it', firstPage);
  }
  await measure(keys, 'undo one', () => client.undo({ workspace, who: WHO }));
  await measure(keys, 'first page after it', firstPage);
  const { faces } = await client.facesBetween({ workspace, from: 0, to: BULK_FACES - 1 });
  /** @type {readonly (readonly [string, EditCommand])[]} */
  const commands = [
    ['mark by ids', { kind: 'mark', selection: { faces: [...faces] }, state: 'ignored' }],
    ['move by ids', { kind: 'move', selection: { faces: [...faces] }, to: { name: 'Somebody' } }],
    ['merge', { kind: 'merge', identities: [5, 6], into: 7 }],
  ];
  for (const [name, command] of commands) {
    await measure(bulk, `${name}: what will change`, () => client.preview({ workspace, command }));
    await measure(bulk, name, () => client.edit({ workspace, command, who: WHO }));
    await measure(bulk, `${name}: first page after it`, firstPage);
    await measure(bulk, `${name}: undo`, () => client.undo({ workspace, who: WHO }));
    await measure(bulk, `${name}: redo`, () => client.redo({ workspace, who: WHO }));
    await measure(bulk, `${name}: undo again`, () => client.undo({ workspace, who: WHO }));
  }
  report('One face edited, and the first page after it', keys, PROMISED.keyMs);
  report(`${BULK_FACES.toLocaleString('en-US')} faces edited at once`, bulk, null);
};

/**
 * @param {Client} client
 * @param {string} workspace
 */
const measureLists = async (client, workspace) => {
  /** @type {Timing[]} */
  const lists = [];
  for (const filter of FILTERS)
    await measure(lists, `filter ${JSON.stringify(filter)}`, () =>
      client.tiles({ workspace, filter, limit: PAGE }),
    );
  for (const by of SORTS)
    for (const isDescending of [false, true])
      await measure(lists, `sort by ${by}${isDescending ? ', descending' : ''}`, () =>
        client.tiles({ workspace, sort: { by, isDescending }, limit: PAGE }),
      );
  await measure(lists, 'filter and sort', () =>
    client.tiles({
      workspace,
      filter: { states: ['unreviewed'], ranges: { size: { least: 100 } } },
      sort: { by: 'sharpness', isDescending: true },
      limit: PAGE,
    }),
  );
  const { total } = await client.tiles({ workspace, limit: 1 });
  await measure(lists, 'a page in the middle', () =>
    client.tiles({ workspace, offset: Math.floor(total / 2), limit: PAGE }),
  );
  await measure(lists, 'where a face is', () =>
    client.placeOf({ workspace, face: Math.floor(total / 2), sort: { by: 'sharpness', isDescending: true } }),
  );
  report('Filters and sorts to the first page', lists, PROMISED.listMs);
  /** @type {Timing[]} */
  const facets = [];
  for (const filter of FILTERS)
    await measure(facets, `facets of ${JSON.stringify(filter)}`, () => client.facets({ workspace, filter }));
  await measure(facets, 'identities searched', () =>
    client.facetIdentities({ workspace, identities: { search: '12', by: 'name' } }),
  );
  await measure(facets, '100 covers', () =>
    client.covers({ workspace, identities: Array.from({ length: 100 }, (_, index) => index + 1) }),
  );
  report('Facets', facets, PROMISED.facetsMs);
};

/**
 * Does work with a service that is started for it.
 * @param {{ program: (name: string) => string }} built
 * @param {string} home
 * @param {(client: Client, pid: () => number) => Promise<void>} work
 */
const withService = async (built, home, work) => {
  /** @type {typeof import('../src/node/processes/connect.ts')} */
  const { connectProcess } = await import(built.program('connect'));
  /** @type {import('../src/node/processes/connect.ts').ProcessConnection<import('../src/contract/studio.ts').StudioClient>} */
  const connection = connectProcess({
    entry: built.program('studio'),
    restart: false,
    environment: { FACENET_STUDIO_HOME: home },
  });
  try {
    await connection.client.sources.list({});
    await work(connection.client.workspace, () => connection.process.pid ?? 0);
  } finally {
    await connection.process.stop();
  }
};

/** @param {readonly string[]} args */
export const run = async (args) => {
  const { folder, remove } = openBenchFolder(args);
  const built = await buildPrograms({
    studio: 'src/studio/index.ts',
    connect: 'src/node/processes/connect.ts',
  });
  try {
    for (const size of chosenSizes(args)) {
      const workspace = await ensureWorkspace(folder, size);
      const home = join(folder, 'home');
      console.log(
        `\n${size.faces.toLocaleString('en-US')} faces, ${size.identities.toLocaleString('en-US')} identities`,
      );
      rmSync(join(workspace, 'cache'), { recursive: true, force: true });
      for (const name of ['without a cache', 'again'])
        await withService(built, home, async (client) => {
          /** @type {Timing[]} */
          const opened = [];
          await measure(opened, 'open', () => client.open({ workspace, access: 'write' }));
          await measure(opened, 'first page', () => client.tiles({ workspace, limit: PAGE }));
          await measure(opened, 'facets', () => client.facets({ workspace }));
          const firstPageMs = (opened[0]?.ms ?? 0) + (opened[1]?.ms ?? 0);
          console.log(
            `Opened ${name}: first page after ${fixed(firstPageMs / 1000, 2)} s (asked: under ${String(PROMISED.openMs / 1000)} s), facets ${fixed((opened[2]?.ms ?? 0) / 1000, 2)} s later`,
          );
          await measure(opened, 'close', () => client.close({ workspace }));
        });
      await withService(built, home, async (client, pid) => {
        await client.open({ workspace, access: 'write' });
        await client.tiles({ workspace, limit: PAGE });
        // Somebody looks at the first page.
        await new Promise((done) => setTimeout(done, FIRST_LOOK_MS));
        await measureLists(client, workspace);
        console.log(`Memory of the service after that: ${fixed(residentMegabytes(pid()), 0)} MB`);
        await measureEdits(client, workspace);
        console.log(`Memory of the service after that: ${fixed(residentMegabytes(pid()), 0)} MB`);
        await client.close({ workspace });
      });
    }
  } finally {
    built.remove();
    remove();
  }
};
