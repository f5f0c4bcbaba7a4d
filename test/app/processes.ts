import { execFileSync } from 'node:child_process';
import type { ElectronApplication } from '@playwright/test';

/** Process ids of the studio services that this application started. */
export const servicesOf = (application: ElectronApplication): readonly number[] => {
  const list = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' });
  return list
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter(
      (found) =>
        Number(found?.[2]) === application.process().pid &&
        found?.[3]?.includes('out/main/studio.js') === true,
    )
    .map((found) => Number(found?.[1]));
};
