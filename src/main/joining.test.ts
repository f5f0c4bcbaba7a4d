import { expect, test } from 'vitest';
import { createJoining } from './joining.ts';

/** A service that is up or down, and how many ways into it are open. */
const scene = () => {
  const state = { isUp: false, open: 0, made: 0 };
  const joining = createJoining(() => {
    if (!state.isUp) return null;
    state.open += 1;
    state.made += 1;
    return {
      end: () => {
        state.open -= 1;
      },
    };
  });
  return {
    state,
    load: () => {
      joining.pageLoaded();
    },
    start: () => {
      state.isUp = true;
      joining.serviceUp();
    },
    stop: () => {
      state.isUp = false;
      state.open = 0;
    },
  };
};

test('page and service are joined once both are there, whichever comes last', () => {
  const first = scene();
  first.load();
  expect(first.state.made).toBe(0);
  first.start();
  expect(first.state).toMatchObject({ open: 1, made: 1 });

  const second = scene();
  second.start();
  expect(second.state.made).toBe(0);
  second.load();
  expect(second.state).toMatchObject({ open: 1, made: 1 });
});

test('a page that is loaded anew, and a service that comes back, get a new way, and the old one ends', () => {
  const { state, load, start, stop } = scene();
  start();
  load();
  load();
  expect(state).toMatchObject({ open: 1, made: 2 });
  stop();
  start();
  expect(state.made).toBe(3);
});
