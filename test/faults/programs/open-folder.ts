/**
 * Opens the folder that is named, as a window does: the built studio service aligns it and makes a thumbnail and a view of
 * each photo, and each crop's picture. Says how many photos there were.
 */
import type { StudioClient } from '../../../src/contract/studio.ts';
import { connectProcess } from '../../../src/node/processes/connect.ts';
import { processEntry } from '../../../src/node/processes/entry.ts';

const [folder = ''] = process.argv.slice(2);
const { client, process: service } = connectProcess<StudioClient>({
  entry: processEntry('studio'),
  arguments: [`--root=${folder}`],
  restart: false,
});

const untilAligned = async (source: string): Promise<void> => {
  for await (const job of await client.jobs.watch({})) {
    if (job.kind !== 'align' || job.source !== source || job.state === 'queued' || job.state === 'running')
      continue;
    if (job.state === 'succeeded') return;
    throw new Error(job.failure ?? job.state);
  }
};

try {
  const { id: source } = await client.sources.open({ folder });
  await untilAligned(source);
  const everything = { source, filter: { statuses: [], search: '' }, offset: 0, limit: 1000 };
  const { photos } = await client.photos.list(everything);
  for (const { id: photo, status, crops } of photos) {
    if (status === 'failed' || status === 'skipped') continue;
    for (const sizePx of [320, 1600] as const)
      await client.pictures.locate({ kind: 'photo', source, photo, sizePx });
    for (const face of crops) await client.pictures.locate({ kind: 'crop', source, photo, face });
  }
  console.log(photos.length);
} finally {
  await service.stop();
}
