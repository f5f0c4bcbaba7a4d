import { describe, expect, it } from 'vitest';
import { menuTemplate } from './menu.ts';
import { readMenu } from './read-menu.ts';

const item = (id: string, keys: string | null) => ({ id, label: `Do ${id}`, keys, isAvailable: true });
const sections = [
  { label: 'File', groups: [[item('open', 'Ctrl+O'), { label: 'Recent', items: [item('r1', null)] }]] },
  { label: 'Go', groups: [[item('library', 'Ctrl+1'), item('odd', 'ArrowUp'), item('boxes', 'Z')]] },
];
const build = (platform: string, command: (id: string) => void = () => undefined) =>
  menuTemplate({ platform, isDevelopment: false, sections, command });
const submenuOf = (platform: string, label: string) => {
  const submenu = build(platform).find((menu) => menu.label === label)?.submenu;
  return Array.isArray(submenu) ? submenu : [];
};

describe('the menu', () => {
  it('holds what the window says between what only the shell can do', () => {
    expect(build('linux').map(({ label }) => label)).toEqual(['File', 'Edit', 'View', 'Go', 'Help']);
    expect(submenuOf('linux', 'File').map(({ label, role, type }) => label ?? role ?? type)).toEqual([
      ...['Do open', 'Recent', 'separator', 'quit'],
    ]);
  });

  it('shows keys without taking them from the window', () => {
    expect(submenuOf('linux', 'File')[0]).toMatchObject({
      accelerator: 'CmdOrCtrl+O',
      registerAccelerator: false,
    });
    const accelerators = (platform: string) =>
      submenuOf(platform, 'Go').map(({ accelerator }) => accelerator);
    expect(accelerators('linux')).toEqual(['CmdOrCtrl+1', undefined, 'Z', undefined]);
    expect(accelerators('darwin')).toEqual(['CmdOrCtrl+1', undefined, undefined, undefined]);
  });

  it('is read only from what a window of ours says', () => {
    expect(readMenu(structuredClone(sections))).toEqual(sections);
    for (const said of [
      ...[null, 7, 'File', {}, [null], [{ label: 'File' }], [{ label: 7, groups: [] }]],
      [{ label: 'File', groups: [[{ id: 'a', label: 'b' }]] }],
      [{ label: 'x'.repeat(1000), groups: [] }],
      Array.from({ length: 1000 }, () => sections[0]),
    ])
      expect(() => readMenu(said)).toThrow('no menu');
  });
});
