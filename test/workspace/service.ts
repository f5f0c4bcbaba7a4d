import { join } from 'node:path';
import type { Job, StudioClient } from '../../src/contract/studio.ts';
import { connectProcess, type ProcessConnection } from '../../src/node/processes/connect.ts';
import type { BuiltFakes } from '../fakes/build.ts';

/** A studio service with the fake engine, whose data folder is `home` within `folder`; run by another program than Node where `nodePath` says so. */
export const connectStudio = (
  fakes: BuiltFakes,
  folder: string,
  environment: Readonly<Record<string, string>> = {},
  nodePath?: string,
): ProcessConnection<StudioClient> =>
  connectProcess<StudioClient>({
    entry: fakes.studio,
    arguments: [`--root=${folder}`],
    environment: { FACENET_STUDIO_HOME: join(folder, 'home'), ...environment },
    restart: false,
    ...(nodePath === undefined ? {} : { nodePath }),
  });

/** The first value of a stream that is as `is` says. @throws when the stream ends before */
export const firstOf = async <Value>(
  stream: AsyncIterable<Value>,
  is: (value: Value) => boolean,
): Promise<Value> => {
  for await (const value of stream) if (is(value)) return value;
  throw new Error('The stream ended.');
};

/** The first job that is as `is` says. */
export const jobWhen = async (studio: StudioClient, is: (job: Job) => boolean): Promise<Job> =>
  firstOf(await studio.jobs.watch({}), is);

/** Aligns what waits in a workspace, to its end. */
export const alignAll = async (studio: StudioClient, workspace: string): Promise<void> => {
  await firstOf(await studio.workspace.align({ workspace }), ({ kind }) => kind === 'report');
};
