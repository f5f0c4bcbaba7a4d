import type { StudioClient } from '../../contract/studio.ts';
import type { CommandContext } from '../context.ts';
import { follow, type Begin, type Following } from '../follow.ts';

/** Procedures about clean labels. */
export type CleaningClient = StudioClient['cleaning'];

/** Follows work on faces that writes nothing; see `follow`. */
export const followFaces = <Report>(
  context: CommandContext,
  { json, quiet, verb }: Pick<Following, 'json' | 'quiet' | 'verb'>,
  work: Begin<StudioClient, Report>,
): Promise<Report | null> =>
  follow(
    context,
    { verb, unit: 'faces', stopped: 'Nothing was changed.', json, quiet },
    (use) => context.withStudio(use),
    work,
  );

/** The same for what the procedures about clean labels do. */
export const followCleaning = <Report>(
  context: CommandContext,
  { json, quiet }: Pick<Following, 'json' | 'quiet'>,
  work: Begin<CleaningClient, Report>,
): Promise<Report | null> =>
  followFaces(context, { json, quiet, verb: 'Comparing' }, ({ cleaning }, signal) => work(cleaning, signal));
