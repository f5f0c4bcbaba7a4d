import { expect, test } from './studio.ts';

test('the studio opens its window, without a complaint', async ({ studio, complaints, photograph }) => {
  await expect(studio).toHaveTitle(/FaceNet Studio/);
  await studio.waitForLoadState('load');
  await photograph('start');
  expect(complaints).toEqual([]);
});

test('the window finds its way to the studio service', async ({ studio }, { project }) => {
  const isElectron = project.name === 'electron';
  // The shell is there in Electron and nowhere else; Node is nowhere.
  expect(
    await studio.evaluate(() => ({
      shell: 'studioShell' in window,
      node: 'require' in window || 'process' in window || 'module' in window,
    })),
  ).toEqual({ shell: isElectron, node: false });
  const address = new URL(studio.url());
  expect(address.protocol).toBe(isElectron ? 'studio:' : 'http:');
  expect(address.search).toBe('');
});
