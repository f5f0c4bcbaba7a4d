import { describe, expect, it } from 'vitest';
import { conflictOf, withKeys } from './chosen-keys.ts';
import type { ListedCommand } from './commands.ts';

const command = (id: string, standardKeys: string | null, keys = standardKeys): ListedCommand => ({
  ...{ id, label: id, group: 'View', keys, standardKeys, isAvailable: true },
  run: () => undefined,
});
const boxes = command('boxes', 'Z');
const landmarks = command('landmarks', 'L');

describe('keys that somebody chooses', () => {
  it('are free unless another command or a screen has them', () => {
    const commands = [boxes, landmarks];
    expect(conflictOf(commands, 'boxes', 'Ctrl+J')).toBe(null);
    expect(conflictOf(commands, 'boxes', 'Z')).toBe(null);
    expect(conflictOf(commands, 'boxes', 'L')).toEqual({
      kind: 'commands',
      commands: [landmarks],
    });
    for (const keys of ['ArrowLeft', 'PageUp', ' ', 'Ctrl+A', 'Escape', 'Tab', 'F', '-'])
      expect(conflictOf(commands, 'boxes', keys)?.kind, keys).toBe('fixed');
  });

  it('leave the command that had them without', () => {
    expect(withKeys({}, boxes, { keys: 'L', taken: [landmarks] })).toEqual({ boxes: 'L', landmarks: null });
  });

  it('are forgotten once they are those of the program again', () => {
    expect(withKeys({ boxes: 'B', other: 'X' }, boxes, { keys: 'Z', taken: [] })).toEqual({ other: 'X' });
    expect(withKeys({}, boxes, { keys: null, taken: [] })).toEqual({ boxes: null });
  });
});
