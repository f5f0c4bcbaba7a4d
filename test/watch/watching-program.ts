/** A program that watches a source, for tests that need a process of its own. Told what to do by messages; see watching.ts. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { createEventQueue } from '../../src/studio/watch/event-queue.ts';
import { createSourceWatcher } from '../../src/studio/watch/source-watcher.ts';
import { lines } from './disk.ts';
import { createKnownSet } from './known-set.ts';

const Start = z.object({ root: z.string(), timing: z.record(z.string(), z.number()) });
const Message = z.discriminatedUnion('do', [
  z.object({ do: z.literal('block'), untilFile: z.string() }),
  z.object({ do: z.literal('run'), command: z.array(z.string()) }),
  z.object({ do: z.literal('report'), file: z.string() }),
  z.object({ do: z.literal('close') }),
]);

const { root, timing } = Start.parse(JSON.parse(process.argv[2] ?? ''));
const known = createKnownSet();
const told: string[] = [];
const say = (what: string): void => {
  process.send?.(what);
};
const watcher = createSourceWatcher({
  root,
  known,
  queue: createEventQueue(),
  mode: 'native',
  timing,
  onChanges(changes) {
    known.apply(changes);
    // Of the many, each is told by the known files themselves.
    told.push(...lines(changes.filter(({ kind }) => !['added', 'changed'].includes(kind))));
  },
  onNotice: ({ code }) => told.push(`notice ${code}`),
  onError: (error) => told.push(`error ${String(error)}`),
});

const watchCount = (): number =>
  readdirSync('/proc/self/fdinfo').reduce((sum, file) => {
    try {
      return sum + (readFileSync(`/proc/self/fdinfo/${file}`, 'utf8').match(/^inotify /gm) ?? []).length;
    } catch {
      return sum; // It was that of the listing.
    }
  }, 0);

const follow = async (message: z.infer<typeof Message>): Promise<void> => {
  switch (message.do) {
    case 'block': {
      say('blocked');
      // No event loop turns meanwhile: the system's queue fills.
      while (!existsSync(message.untilFile));
      break;
    }
    case 'run': {
      const [program = '', ...args] = message.command;
      execFileSync(program, args);
      say('done');
      break;
    }
    case 'report':
      writeFileSync(message.file, Buffer.from(known.keys().join('\0'), 'latin1'));
      say(JSON.stringify({ told, watches: watchCount(), megabytes: process.memoryUsage().rss / 1e6 }));
      break;
    case 'close':
      await watcher.close();
      process.disconnect();
  }
};
process.on('message', (message) => {
  follow(Message.parse(message)).catch((error: unknown) => {
    throw error;
  });
});
