import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { ClusterParameters } from '../../contract/clustering.ts';
import type { Database } from '../catalogue/database.ts';
import { decisionReader } from '../edits/decisions.ts';
import { applyPlanned, type Editing } from '../edits/edit.ts';

/** Who is with whom, as a run found it. */
export type Members = {
  /** Ids of faces, ascending. */
  readonly faces: Uint32Array;
  /** [faces] */
  readonly labels: Int32Array;
};

/** A run that the catalogue keeps. */
export type KeptClustering = Members & {
  readonly id: number;
  readonly madeAtMs: number;
  /** The folder of the vectors that it was made of: model, weights and flip. */
  readonly variant: string;
  readonly parameters: ClusterParameters;
};

/** Of the field `workspace.clustering`. */
const WORKSPACE = 1;

/** Ids as steps from one to the next, then labels: what deflate makes small. */
const encodeMembers = ({ faces, labels }: Members): Uint8Array => {
  const steps = Uint32Array.from(faces, (face, place) => face - (faces[place - 1] ?? 0));
  const bytes = Buffer.concat([Buffer.from(steps.buffer), Buffer.from(Int32Array.from(labels).buffer)]);
  return deflateRawSync(bytes);
};

const decodeMembers = (packed: Uint8Array): Members => {
  const bytes = Uint8Array.from(inflateRawSync(packed));
  const count = bytes.length / 2 / Uint32Array.BYTES_PER_ELEMENT;
  const faces = new Uint32Array(bytes.buffer, 0, count);
  for (let place = 1; place < count; place += 1) faces[place] = (faces[place] ?? 0) + (faces[place - 1] ?? 0);
  return { faces, labels: new Int32Array(bytes.buffer, faces.byteLength, count) };
};

type Row = {
  readonly id: number;
  readonly made_at_ms: number;
  readonly variant: string;
  readonly parameters: string;
  readonly members: Uint8Array;
};

/** The number of the run that holds; null where there is none. It changes with every run, undo and redo of one. */
export const presentClustering = (catalogue: Database): number | null => {
  const value = decisionReader(catalogue, 'workspace.clustering', 1)(WORKSPACE);
  return typeof value === 'number' ? value : null;
};

/** The run that holds; null where there is none. */
export const readClustering = (catalogue: Database): KeptClustering | null => {
  const id = presentClustering(catalogue);
  if (id === null) return null;
  const row = catalogue.get<Row>('SELECT * FROM clusterings WHERE id = ?', id);
  if (row === null) throw new Error(`The catalogue has no clustering ${String(id)}.`);
  return {
    id,
    madeAtMs: row.made_at_ms,
    variant: row.variant,
    parameters: ClusterParameters.parse(JSON.parse(row.parameters)),
    ...decodeMembers(row.members),
  };
};

const INSERT = 'INSERT INTO clusterings (made_at_ms, variant, parameters, members) VALUES (?, ?, ?, ?)';

/** Keeps what a run found as one step of the history, which undo takes back. Gives the step. */
export const keepClustering = (
  editing: Editing,
  found: Omit<KeptClustering, 'id' | 'madeAtMs'>,
  { who, label }: { readonly who: string; readonly label: string },
): number => {
  const { sequence } = applyPlanned(editing, { kind: 'cluster', who }, ({ catalogue }) => {
    const before = presentClustering(catalogue);
    const { variant, parameters } = found;
    const values = [editing.now(), variant, JSON.stringify(parameters), encodeMembers(found)] as const;
    const after = catalogue.run(INSERT, ...values).lastId;
    return {
      changes: [{ field: 'workspace.clustering', before, after, subjects: [WORKSPACE] }],
      label,
      result: null,
    };
  });
  if (sequence === null) throw new Error('A new run changed nothing.');
  return sequence;
};

/** Takes faces out of every run, within a transaction of the caller. */
export const forgetInClusterings = (catalogue: Database, gone: ReadonlySet<number>): void => {
  for (const { id, members } of catalogue.all<Pick<Row, 'id' | 'members'>>(
    'SELECT id, members FROM clusterings',
  )) {
    const { faces, labels } = decodeMembers(members);
    if (!faces.some((face) => gone.has(face))) continue;
    const stays = (_: number, place: number): boolean => !gone.has(faces[place] ?? 0);
    const left = encodeMembers({ faces: faces.filter(stays), labels: labels.filter(stays) });
    catalogue.run('UPDATE clusterings SET members = ? WHERE id = ?', left, id);
  }
};
