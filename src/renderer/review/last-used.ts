const MOST_KEPT = 20;
const keyOf = (workspace: string): string => `last-used-identities ${workspace}`;

/** Names of the identities that faces were moved to, last used first. What was saved and is no list of names counts as none. */
export const recentlyUsed = (storage: Pick<Storage, 'getItem'>, workspace: string): readonly string[] => {
  let saved: unknown;
  try {
    saved = JSON.parse(storage.getItem(keyOf(workspace)) ?? '[]');
  } catch {
    return [];
  }
  return Array.isArray(saved) ? saved.filter((name) => typeof name === 'string') : [];
};

/** Notes that faces were moved to an identity. */
export const noteUse = (
  storage: Pick<Storage, 'getItem' | 'setItem'>,
  workspace: string,
  name: string,
): void => {
  const others = recentlyUsed(storage, workspace).filter((other) => other !== name);
  storage.setItem(keyOf(workspace), JSON.stringify([name, ...others].slice(0, MOST_KEPT)));
};
