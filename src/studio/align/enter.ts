import { readdir, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { AlignSettings } from '../../contract/faces.ts';
import { failed, systemCode } from '../failure.ts';
import { createExclusively } from '../../node/files/atomic.ts';
import { makeFolder } from '../../node/files/folders.ts';
import type { Found } from '../scan/scan.ts';
import { clearClaims, intendedStems, openClaims, type Claims } from './claims.ts';
import type { Layout } from './layout.ts';
import { readRecords, type RecordTexts } from './ledger.ts';
import { readOwner, withLock } from './lock.ts';
import { checkManifest, plannedSha256, writePlan } from './manifest.ts';
import { planRun, type RunPlan } from './plan.ts';
import type { Presence } from './presence.ts';
import { openSegment, type Segment } from './segment.ts';

/** A run's place in an output folder, which it may share with others. */
export type Stay = {
  readonly plan: RunPlan;
  readonly records: RecordTexts;
  readonly claims: Claims;
  readonly segment: Segment;
  /** Gives the place up. Everything recorded stays. */
  leave(): Promise<void>;
};

export type EnterOptions = {
  readonly layout: Layout;
  readonly presence: Presence;
  readonly settings: AlignSettings;
  /** Absolute, links resolved. */
  readonly input: string;
  readonly now: () => number;
  readonly signal: AbortSignal;
};

const isAnybodyAtWork = async (layout: Layout, presence: Presence): Promise<boolean> => {
  await makeFolder(layout.participants);
  let isSomebody = false;
  for (const name of await readdir(layout.participants)) {
    const file = join(layout.participants, name);
    const owner = await readOwner(file);
    if (owner !== null && (await presence.isAlive(owner, file))) isSomebody = true;
    else await rm(file, { force: true });
  }
  return isSomebody;
};

/**
 * Enters an output folder under its lock: refuses other work, reads what is recorded, plans, and joins those at work on the same
 * plan or begins anew. @throws a failure
 */
export const enter = (options: EnterOptions, found: readonly Found[]): Promise<Stay> => {
  const { layout, presence, settings, input, now, signal } = options;
  const { owner } = presence;
  return withLock(layout, presence, signal, async () => {
    await checkManifest(layout, { settings, input });
    const isShared = await isAnybodyAtWork(layout, presence);
    // The folder is looked at before the intentions are read: what another run writes meanwhile was intended before.
    const records = await readRecords(layout);
    const plan = await planRun(layout, found, records, {
      isEveryFaceKept: settings.crop.detectMultipleFaces,
      intended: () => intendedStems(layout),
    });
    if (isShared && (await plannedSha256(layout)) !== plan.sha256) {
      throw failed(
        `Another process aligns other photos into ${layout.folder}, because ${input} changed meanwhile: run the same again when it has ended.`,
      );
    }
    if (!isShared) {
      await clearClaims(layout);
      await writePlan(layout, { settings, input }, plan.sha256);
    }
    const participant = join(layout.participants, `${owner.run}.json`);
    await createExclusively(participant, JSON.stringify(owner));
    presence.hold(participant);
    const segment = await openSegment(layout, owner.run, now);
    return {
      plan,
      records,
      claims: openClaims(layout, presence),
      segment,
      async leave() {
        presence.letGo(participant);
        await segment.close();
        await unlink(participant).catch((error: unknown) => {
          // The last run removed it with everything else.
          if (systemCode(error) !== 'ENOENT') throw error;
        });
      },
    };
  });
};
