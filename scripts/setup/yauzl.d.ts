/** The part of yauzl 3 that setup uses; the package ships no types. */
declare module 'yauzl' {
  import type { Readable } from 'node:stream';
  export type Entry = { readonly fileName: string };
  export type ZipFile = {
    eachEntry(): AsyncIterable<Entry>;
    openReadStreamPromise(entry: Entry): Promise<Readable>;
    close(): void;
  };
  export function openPromise(path: string): Promise<ZipFile>;
}
