import type { FSWatcher } from 'node:fs';
import { splitKey, type PathKey } from './paths.ts';

/** The place of a folder, with or without a watch. */
export type WatchNode = {
  watch: FSWatcher | null;
  /** Tells the watched folder from another one of that name. */
  mark: string;
  /** The look at everything that last entered it. */
  pass: number;
  readonly children: Map<string, WatchNode>;
};

/** Watches by folder. */
export type WatchTree = {
  /** The node of a folder, or null. */
  find(folder: PathKey): WatchNode | null;
  /** The node of a folder, made where it is missing. */
  reach(folder: PathKey): WatchNode;
  setWatch(node: WatchNode, watch: FSWatcher): void;
  endWatch(node: WatchNode): void;
  /** Ends the watches on a folder and all below it. */
  remove(folder: PathKey): void;
  /** Ends all watches on folders that this look at everything did not enter. */
  prune(pass: number): void;
  count(): number;
};

const createNode = (): WatchNode => ({ watch: null, mark: '', pass: 0, children: new Map() });

const namesOf = (folder: PathKey): readonly string[] => (folder === '' ? [] : folder.split('/'));

/** A tree without watches. */
export const createWatchTree = (): WatchTree => {
  const root = createNode();
  let count = 0;

  const find = (folder: PathKey): WatchNode | null => {
    let node: WatchNode | undefined = root;
    for (const name of namesOf(folder)) node = node?.children.get(name);
    return node ?? null;
  };
  const endWatch = (node: WatchNode): void => {
    if (node.watch === null) return;
    node.watch.close();
    node.watch = null;
    count -= 1;
  };
  const endAll = (node: WatchNode): void => {
    endWatch(node);
    for (const child of node.children.values()) endAll(child);
    node.children.clear();
  };
  const prune = (node: WatchNode, pass: number): void => {
    for (const [name, child] of node.children) {
      prune(child, pass);
      if (child.pass === pass) continue;
      endWatch(child);
      if (child.children.size === 0) node.children.delete(name);
    }
  };
  return {
    find,
    reach(folder) {
      let node = root;
      for (const name of namesOf(folder)) {
        const child = node.children.get(name) ?? createNode();
        node.children.set(name, child);
        node = child;
      }
      return node;
    },
    setWatch(node, watch) {
      endWatch(node);
      node.watch = watch;
      count += 1;
    },
    endWatch,
    remove(folder) {
      const node = find(folder);
      if (node === null) return;
      endAll(node);
      const { folder: parent, name } = splitKey(folder);
      if (folder !== '') find(parent)?.children.delete(name);
    },
    prune: (pass) => prune(root, pass),
    count: () => count,
  };
};
