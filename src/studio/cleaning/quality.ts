import type { CleaningReport } from '../../contract/cleaning.ts';
import type { Face } from '../../contract/faces.ts';
import { rankQuality, type QualityFacts, type QualityItem } from '../../core/cleaning/quality-queue.ts';
import { poseOf } from '../../core/quality/pose.ts';
import { layoutOf } from '../align/layout.ts';
import { recordsOf } from '../align/ledger.ts';
import { placeOf } from '../faces/columns.ts';
import { unusable } from '../failure.ts';
import type { Workspace } from '../workspace/open.ts';
import { labelByFolder } from './embedded-folder.ts';
import { namesOfFolder, type Names } from './names.ts';
import { namesOfWorkspace } from './labels-of-workspace.ts';
import { truncationOf } from './truncation.ts';
import { readQuality } from './workspace-quality.ts';

type QualityReport = Extract<CleaningReport, { readonly queue: 'quality' }>;

const factsOf = (face: Face, widthPx: number | null, heightPx: number | null): QualityFacts => {
  const [left, top, right, bottom] = face.box;
  const { yawDegrees, pitchDegrees } = poseOf(face.landmarks);
  return {
    score: face.score,
    sizePx: Math.min(right - left, bottom - top),
    sharpness: null,
    exposure: null,
    turnedDegrees: Math.max(Math.abs(yawDegrees), Math.abs(pitchDegrees)),
    truncation: widthPx === null || heightPx === null ? null : truncationOf(face.box, widthPx, heightPx),
  };
};

const reportOf = (
  ranked: readonly QualityItem[],
  { names, identityOf }: { readonly names: Names; readonly identityOf: (place: number) => string },
  limit: number,
): QualityReport => ({
  queue: 'quality',
  total: ranked.length,
  noFace: [],
  failed: [],
  items: ranked.slice(0, limit).map(({ face, kind, score, value, middle }) => ({
    face: names.face(face),
    file: names.file(face),
    identity: identityOf(face),
    kind,
    score,
    evidence: { value, middle },
    proposed: null,
  })),
});

/**
 * Ranks the crops of an aligned folder by what its ledger says of them: score, size, pose and truncation.
 * @throws UNUSABLE when the folder has no ledger
 */
export const qualityReport = async (folder: string, limit: number): Promise<QualityReport> => {
  const byFile = new Map<string, QualityFacts>();
  for await (const { faces, crops, widthPx, heightPx } of recordsOf(layoutOf(folder)))
    for (const crop of crops) {
      const face = faces[crop.face];
      if (face !== undefined) byFile.set(crop.file, factsOf(face, widthPx, heightPx));
    }
  if (byFile.size === 0)
    throw unusable(
      `${folder} has no ledger.jsonl that says how good its crops are: give a folder that "align" wrote.`,
    );
  const files = [...byFile.keys()].sort();
  const { identityOf, identities } = labelByFolder(files);
  const names = namesOfFolder({ files, identities });
  const ranked = rankQuality(files.flatMap((file) => byFile.get(file) ?? []));
  return reportOf(ranked, { names, identityOf: (place) => names.identity(identityOf[place] ?? -1) }, limit);
};

/** Ranks the kept faces of a workspace by how bad they are as pictures. @throws the signal's reason */
export const qualityOfWorkspace = async (
  workspace: Workspace,
  limit: number,
  signal: AbortSignal,
): Promise<QualityReport> => {
  const { ids, facts } = await readQuality(workspace, signal);
  const index = workspace.faces();
  const people = index.people();
  const columns = index.columns();
  const identityOf = (place: number): string => {
    const identity = columns.identities[placeOf(columns, ids[place] ?? 0)] ?? 0;
    return identity === 0 ? '' : people.nameOf(identity);
  };
  const names = namesOfWorkspace(workspace, Uint32Array.from(ids), []);
  return reportOf(rankQuality(facts), { names, identityOf }, limit);
};
