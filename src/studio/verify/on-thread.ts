import { Worker } from 'node:worker_threads';
import type { Sample } from '../../contract/workspace-care.ts';
import { processEntry } from '../../node/processes/entry.ts';
import { asError, failed } from '../failure.ts';
import type { FaceIndex } from '../faces/index.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Workspace } from '../workspace/open.ts';
import type { CheckEnd, CheckMessage, CheckOrder, CheckRequest, Findings, LiveCounts } from './messages.ts';

const liveCounts = (faces: FaceIndex): LiveCounts => {
  const { states, identities } = faces.counts();
  return { states, byIdentity: [...identities.values()].reduce((total, count) => total + count, 0) };
};

/**
 * Answers what the thread asks of the lists in memory. These are compared with a catalogue that goes on changing: the thread takes hold of it, and the counts
 * are good if the lists were the same before and after.
 */
const createListsTeller = (
  workspace: Workspace,
  tell: (order: CheckOrder) => void,
): { begin(): void; compare(): void } => {
  let before: { readonly faces: FaceIndex; readonly revision: number } | null = null;
  const begin = (): void => {
    const faces = workspace.faces();
    before = { faces, revision: faces.revision() };
    tell({ kind: 'hold' });
  };
  return {
    begin,
    compare() {
      const faces = workspace.faces();
      if (before?.faces === faces && before.revision === faces.revision())
        tell({ kind: 'compare', live: liveCounts(faces) });
      else begin();
    },
  };
};

const ended = async (
  workspace: Workspace,
  request: CheckRequest,
  { signal, onProgress }: WorkHooks,
): Promise<CheckEnd> => {
  const thread = new Worker(processEntry('verify'), { workerData: request });
  const tell = (order: CheckOrder): void => {
    thread.postMessage(order);
  };
  const stop = (): void => {
    tell({ kind: 'stop' });
  };
  const lists = createListsTeller(workspace, tell);
  signal.addEventListener('abort', stop);
  try {
    return await new Promise<CheckEnd>((resolve, reject) => {
      let end: CheckEnd = { kind: 'fault', message: 'The thread that checks workspaces ended.' };
      const take = (message: CheckMessage): void => {
        if (message.kind === 'whole') lists.begin();
        else if (message.kind === 'held') lists.compare();
        else if (message.kind === 'progress') onProgress(message.done, message.total);
        else end = message;
      };
      let fault: unknown = null;
      thread.on('message', (message) => {
        try {
          // The thread is the same build.
          take(message as CheckMessage);
        } catch (error) {
          fault ??= error;
          stop();
        }
      });
      thread.on('error', reject);
      thread.on('exit', () => {
        if (fault === null) resolve(end);
        else reject(asError(fault));
      });
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
};

/**
 * Checks a workspace on a thread of its own: pages, references, history and totals of its catalogue, then a sample of its crops.
 * @throws the signal's reason, FAILED when something cannot be read
 */
export const checkOnThread = async (
  workspace: Workspace,
  sample: Sample,
  hooks: WorkHooks,
): Promise<Findings> => {
  hooks.signal.throwIfAborted();
  const end = await ended(workspace, { paths: workspace.paths, sample }, hooks);
  switch (end.kind) {
    case 'done':
      return end.findings;
    case 'stopped':
      throw hooks.signal.reason;
    case 'failed':
      throw failed(end.message);
    case 'fault':
      throw new Error(end.message);
  }
};
