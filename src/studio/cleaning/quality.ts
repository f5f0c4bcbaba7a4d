import type { CleaningReport } from '../../contract/cleaning.ts';
import type { Face } from '../../contract/faces.ts';
import { rankQuality, type QualityFacts } from '../../core/cleaning/quality-queue.ts';
import { poseOf } from '../../core/quality/pose.ts';
import { layoutOf } from '../align/layout.ts';
import { recordsOf } from '../align/ledger.ts';
import { unusable } from '../failure.ts';
import { labelByFolder } from './embedded-folder.ts';

/** Share of a box that lies outside the photo. */
const truncationOf = (
  { box: [left, top, right, bottom] }: Face,
  widthPx: number,
  heightPx: number,
): number => {
  const inside =
    Math.max(0, Math.min(right, widthPx) - Math.max(left, 0)) *
    Math.max(0, Math.min(bottom, heightPx) - Math.max(top, 0));
  const whole = (right - left) * (bottom - top);
  return whole > 0 ? 1 - inside / whole : 0;
};

const factsOf = (face: Face, widthPx: number | null, heightPx: number | null): QualityFacts => {
  const [left, top, right, bottom] = face.box;
  const { yawDegrees, pitchDegrees } = poseOf(face.landmarks);
  return {
    score: face.score,
    sizePx: Math.min(right - left, bottom - top),
    sharpness: null,
    exposure: null,
    turnedDegrees: Math.max(Math.abs(yawDegrees), Math.abs(pitchDegrees)),
    truncation: widthPx === null || heightPx === null ? null : truncationOf(face, widthPx, heightPx),
  };
};

/**
 * Ranks the crops of an aligned folder by what its ledger says of them: score, size, pose and truncation.
 * @throws UNUSABLE when the folder has no ledger
 */
export const qualityReport = async (
  folder: string,
  limit: number,
): Promise<Extract<CleaningReport, { readonly queue: 'quality' }>> => {
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
  const ranked = rankQuality(files.flatMap((file) => byFile.get(file) ?? []));
  return {
    queue: 'quality',
    total: ranked.length,
    items: ranked.slice(0, limit).map(({ face, kind, score, value, middle }) => ({
      file: files[face] ?? '',
      identity: identities[identityOf[face] ?? -1] ?? '',
      kind,
      score,
      evidence: { value, middle },
      proposed: null,
    })),
  };
};
