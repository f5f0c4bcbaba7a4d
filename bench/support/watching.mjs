/**
 * Watches a folder and says when it is ready; the benchmark `watch` builds and starts it. Arguments: `ours` or `chokidar`, the folder, and
 * for ours the workspace whose first source it is.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { watch } from 'chokidar';
import { createOwners } from '../../src/studio/align/owner.ts';
import { knownFilesOf } from '../../src/studio/workspace/known-files.ts';
import { findWorkspace, openWorkspace } from '../../src/studio/workspace/open.ts';
import { keptSources } from '../../src/studio/workspace/sources.ts';
import { createChangeTaker } from '../../src/studio/workspace/take-changes.ts';
import { createEventQueue } from '../../src/studio/watch/event-queue.ts';
import { createSourceWatcher } from '../../src/studio/watch/source-watcher.ts';

const [kind = '', root = '', folder = ''] = process.argv.slice(2);

const countWatches = () =>
  readdirSync('/proc/self/fdinfo').reduce((sum, file) => {
    try {
      return sum + (readFileSync(`/proc/self/fdinfo/${file}`, 'utf8').match(/^inotify /gm) ?? []).length;
    } catch {
      return sum; // It was that of the listing.
    }
  }, 0);

const startMs = performance.now();
let megabytes = 0;
const measuring = setInterval(() => {
  megabytes = Math.max(megabytes, process.memoryUsage().rss / 1e6);
}, 50);

/** @param {number} refused */
const say = (refused) => {
  clearInterval(measuring);
  const rss = process.memoryUsage().rss / 1e6;
  const told = {
    seconds: (performance.now() - startMs) / 1000,
    watches: countWatches(),
    refused,
    megabytes: rss,
    mostMegabytes: Math.max(megabytes, rss),
  };
  process.stdout.write(`${JSON.stringify(told)}\n`, () => process.exit(0));
};

if (kind === 'chokidar') {
  let refused = 0;
  watch(root, { ignoreInitial: true })
    .on('error', () => {
      refused += 1;
    })
    .on('ready', () => {
      say(refused);
    });
} else {
  const workspace = await openWorkspace(await findWorkspace(folder), createOwners(), { isReadOnly: false });
  const source = keptSources(workspace.catalogue)[0];
  if (source === undefined) throw new Error('The workspace has no source.');
  const taker = createChangeTaker(workspace, source);
  let refused = 0;
  const watcher = createSourceWatcher({
    root: source.folder,
    known: knownFilesOf(workspace.catalogue, source.id),
    queue: createEventQueue(),
    includeOthers: true,
    onChanges: (changes) => {
      taker.take(changes);
    },
    onNotice: () => {
      refused += 1;
    },
    onError: (error) => {
      throw error;
    },
    onLooked: () => {
      watcher.close().then(
        () => workspace.close(),
        () => undefined,
      );
      say(refused);
    },
  });
}
