import { readFile } from 'node:fs/promises';
import { CALLS } from './shim.ts';

/** A finished call, in the order in which all threads and processes of a command made them. Files and folders go by inode number. */
export type Recorded =
  | { readonly call: 'truncate'; readonly file: bigint; readonly bytes: number }
  | { readonly call: 'write'; readonly file: bigint; readonly at: number; readonly data: Buffer }
  | { readonly call: 'sync'; readonly file: bigint }
  | { readonly call: 'link'; readonly file: bigint; readonly toFolder: bigint; readonly toName: Name }
  | {
      readonly call: 'rename';
      readonly file: bigint;
      readonly folder: bigint;
      readonly name: Name;
      readonly toFolder: bigint;
      readonly toName: Name;
    }
  | {
      readonly call: 'create' | 'unlink' | 'rmdir' | 'mkdir';
      readonly file: bigint;
      readonly folder: bigint;
      readonly name: Name;
    }
  | { readonly call: 'say'; readonly text: string };

/** The bytes of a name as Latin-1, so that also names that are not UTF-8 stay apart. */
type Name = string;

/** Bytes of `struct record` of the shim. */
const HEAD_BYTES = 56;

const recordedOf = (head: Buffer, name: Name, toName: Name, data: Buffer): Recorded => {
  const call = CALLS[head.readUInt32LE(0)];
  const file = head.readBigUInt64LE(8);
  const folder = head.readBigUInt64LE(16);
  const toFolder = head.readBigUInt64LE(24);
  const at = Number(head.readBigInt64LE(32));
  switch (call) {
    case 'create':
    case 'unlink':
    case 'mkdir':
    case 'rmdir':
      return { call, file, folder, name };
    case 'truncate':
      return { call, file, bytes: at };
    case 'write':
      return { call, file, at, data };
    case 'sync':
      return { call, file };
    case 'rename':
      return { call, file, folder, name, toFolder, toName };
    case 'link':
      return { call, file, toFolder, toName };
    case 'say':
      return { call, text: data.toString() };
    case 'open':
    case undefined:
      break;
  }
  throw new Error(`The recording holds a call that nobody records: ${String(call)}.`);
};

/** Reads what the shim recorded of a run. */
export const readRecording = async (file: string): Promise<readonly Recorded[]> => {
  const bytes = await readFile(file);
  const calls: Recorded[] = [];
  let at = 0;
  const take = (count: number): Buffer => {
    at += count;
    return bytes.subarray(at - count, at);
  };
  while (at < bytes.length) {
    const head = take(HEAD_BYTES);
    const name = take(head.readUInt32LE(40)).toString('latin1');
    const toName = take(head.readUInt32LE(44)).toString('latin1');
    calls.push(recordedOf(head, name, toName, take(head.readUInt32LE(48))));
  }
  return calls;
};
