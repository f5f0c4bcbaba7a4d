/**
 * How the folders of a source name people:
 * - `class-folders`: the first folder of the path, `ann/1.jpg`, as facenet wants it.
 * - `lfw`: the first folder, or the beginning of the name, `Ann_Lee_0001.jpg`.
 * - `vggface2`: the folder `n000123`, below `train` and `test`.
 * - `nested`: the folder that the photo lies in, however deep.
 * - `flat`: nobody.
 */
export type SourceLayout = 'class-folders' | 'lfw' | 'vggface2' | 'nested' | 'flat';

const VGGFACE2_CLASS = /^n\d{6}$/;
const LFW_NAME = /^(.+)_\d{4}\.[^.]+$/;

/** Whom a file's path names; null for nobody. The path is relative to its source, with `/`; any text that keeps bytes apart will do. */
export const labelOf = (path: string, layout: SourceLayout): string | null => {
  const parts = path.split('/');
  const folders = parts.slice(0, -1);
  switch (layout) {
    case 'class-folders':
      return folders[0] ?? null;
    case 'lfw':
      return folders[0] ?? LFW_NAME.exec(parts.at(-1) ?? '')?.[1] ?? null;
    case 'vggface2':
      return folders.find((folder) => VGGFACE2_CLASS.test(folder)) ?? null;
    case 'nested':
      return folders.at(-1) ?? null;
    case 'flat':
      return null;
  }
};

const isLfwPath = (path: string): boolean => {
  const [folder = '', name = ''] = path.split('/');
  return LFW_NAME.exec(name)?.[1] === folder;
};

/** The layout that most of the paths speak for; `class-folders` for none. */
export const guessLayout = (paths: Iterable<string>): SourceLayout => {
  const votes: Record<SourceLayout, number> = {
    'class-folders': 0,
    lfw: 0,
    vggface2: 0,
    nested: 0,
    flat: 0,
  };
  for (const path of paths) {
    const folders = path.split('/').slice(0, -1);
    if (folders.some((folder) => VGGFACE2_CLASS.test(folder))) votes.vggface2 += 1;
    else if (folders.length === 1 && isLfwPath(path)) votes.lfw += 1;
    else if (folders.length === 1) votes['class-folders'] += 1;
    else if (folders.length > 1) votes.nested += 1;
    else votes.flat += 1;
  }
  const order: readonly SourceLayout[] = ['class-folders', 'lfw', 'vggface2', 'nested', 'flat'];
  return order.reduce((best, layout) => (votes[layout] > votes[best] ? layout : best));
};
