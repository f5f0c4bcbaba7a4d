import * as z from 'zod';
import { procedure } from './procedure.ts';
import { FaceFilter, FaceMeasure, FaceSort, FaceState } from './workspace-faces.ts';
import { FileStatus } from './workspace-file-status.ts';
import { Workspace } from './workspace-input.ts';

const Count = z.int().nonnegative();

/** A page of the identities that have faces under a filter. */
export const IdentityRequest = z.strictObject({
  /** Part of the name, any case; `''` takes all. */
  search: z.string().default(''),
  /** The most faces first, or by name. */
  by: z.enum(['faces', 'name']).default('faces'),
  offset: Count.default(0),
  limit: z.int().positive().max(1000).default(100),
});
export type IdentityRequest = z.infer<typeof IdentityRequest>;

export const IdentityPage = z.strictObject({
  /** How many there are that the search takes. */
  total: Count,
  /** Id 0, without a name, stands for faces of nobody; it comes first, and only where nothing is searched. */
  identities: z.array(z.strictObject({ id: Count, name: z.string(), faces: Count })),
});
export type IdentityPage = z.infer<typeof IdentityPage>;

/**
 * Faces by a measure, angles without their sign. Bin i goes from `edges[i]` to `edges[i + 1]`; the edges are those of the whole workspace, so
 * that they stay while filters change. The inner bins have one width; the first and the last reach out to the least and the greatest value.
 */
export const Histogram = z.strictObject({
  measure: FaceMeasure,
  /** One more than there are bins; none where nothing is measured. */
  edges: z.array(z.number()),
  counts: z.array(Count),
  /** Faces without that measure. */
  unmeasured: Count,
});
export type Histogram = z.infer<typeof Histogram>;

const YesNo = z.strictObject({ yes: Count, no: Count });

/** What the faces of a filter are like. Each facet is counted under the filter without what the filter says of that facet. */
export const Facets = z.strictObject({
  revision: z.int(),
  /** Faces under the whole filter. */
  total: Count,
  identities: IdentityPage,
  states: z.record(FaceState, Count),
  /** Of the photos' main files; statuses without faces are left out. */
  fileStatuses: z.partialRecord(FileStatus, Count),
  sources: z.array(z.strictObject({ id: z.int(), faces: Count })),
  isEdited: YesNo,
  isStale: YesNo,
  hasSeveralIdentities: YesNo,
  histograms: z.array(Histogram),
});
export type Facets = z.infer<typeof Facets>;

/** What a tile of the grid needs. */
export const FaceTile = z.strictObject({
  id: z.int(),
  photo: z.int(),
  identity: z.strictObject({ id: z.int(), name: z.string() }).nullable(),
  state: FaceState,
  isChosen: z.boolean(),
  isEdited: z.boolean(),
  isStale: z.boolean(),
  score: z.number(),
  /** Another one for another picture, for its address; null while the crop waits to be made. */
  version: z.string().nullable(),
});
export type FaceTile = z.infer<typeof FaceTile>;

/** A filter and its order under a name. */
export const SavedView = z.strictObject({
  name: z.string().trim().min(1).max(100),
  filter: FaceFilter,
  sort: FaceSort,
});
export type SavedView = z.infer<typeof SavedView>;

const Listed = Workspace.extend({ filter: FaceFilter.default({}), sort: FaceSort.prefault({}) });

/** Looking at very many faces: what there is, parts of lists, and lists to come back to. */
export const workspaceFacetsContract = {
  facets: procedure
    .input(Workspace.extend({ filter: FaceFilter.default({}), identities: IdentityRequest.prefault({}) }))
    .output(Facets),
  /** Another page of the identities that `facets` counts. */
  facetIdentities: procedure
    .input(Workspace.extend({ filter: FaceFilter.default({}), identities: IdentityRequest.prefault({}) }))
    .output(IdentityPage),
  /** A part of a list for a grid. `revision` grows with every change: then lists may have moved. */
  tiles: procedure
    .input(Listed.extend({ offset: Count.default(0), limit: z.int().positive().max(2000).default(500) }))
    .output(z.strictObject({ total: Count, revision: z.int(), tiles: z.array(FaceTile) })),
  /** The place of a face in a list, from 0; null where the list does not have it. */
  placeOf: procedure
    .input(Listed.extend({ face: z.int().positive() }))
    .output(z.strictObject({ place: Count.nullable(), total: Count, revision: z.int() })),
  /** The faces of a list from a place to another, both included, in the list's order: what a selection of a range takes. */
  facesBetween: procedure
    .input(Listed.extend({ from: Count, to: Count }))
    .output(z.strictObject({ revision: z.int(), faces: z.array(z.int()) })),
  /** The best face of each identity: confirmed before others, then large, sharp and looking into the camera. Null where none has a crop. */
  covers: procedure
    .input(Workspace.extend({ identities: z.array(z.int().positive()).max(1000) }))
    .output(z.array(z.strictObject({ identity: z.int(), tile: FaceTile.nullable() }))),
  views: {
    /** By name. */
    list: procedure.input(Workspace).output(z.array(SavedView)),
    /** Takes the place of one of the same name. Gives all. */
    save: procedure.input(Workspace.extend({ view: SavedView })).output(z.array(SavedView)),
    /** Gives those that are left. */
    remove: procedure.input(Workspace.extend({ name: z.string() })).output(z.array(SavedView)),
  },
};
