/// <reference lib="dom" />
/** What runs inside the studio's window while it is measured. Each function stands alone: Playwright sends its text. */

/**
 * Scrolls the grid as a person with a wheel or a scroll bar does and gives how long each frame took.
 * `stepPx` is what each frame turns the wheel by; null drags the bar.
 * @param {{ label: string, timeMs: number, stepPx: number | null }} options
 * @returns {Promise<{ framesMs: number[], emptyTiles: number, tiles: number }>}
 */
export const scrollGrid = ({ label, timeMs, stepPx }) =>
  new Promise((done, fail) => {
    const grid = document.querySelector(`[role="grid"][aria-label="${label}"]`);
    if (!(grid instanceof HTMLElement)) {
      fail(new Error(`There is no grid "${label}".`));
      return;
    }
    /** @type {number[]} */
    const framesMs = [];
    let emptyTiles = 0;
    let tiles = 0;
    const start = performance.now();
    let last = start;
    let place = 0;
    const step = (/** @type {number} */ now) => {
      framesMs.push(now - last);
      last = now;
      if (now - start > timeMs) {
        done({ framesMs: framesMs.slice(1), emptyTiles, tiles });
        return;
      }
      // Now and then: looking takes time as well.
      if (framesMs.length % 20 === 0) {
        const cells = grid.querySelectorAll('[role="gridcell"]');
        tiles += cells.length;
        for (const cell of cells) if ((cell.querySelector('img')?.naturalWidth ?? 0) === 0) emptyTiles += 1;
      }
      if (stepPx !== null) {
        const wheel = { deltaY: stepPx, bubbles: true, cancelable: true };
        if (grid.dispatchEvent(new WheelEvent('wheel', wheel))) grid.scrollTop += stepPx;
      } else {
        // Somebody drags the bar from end to end in ten seconds.
        place += 1 / 600;
        grid.scrollTop = (grid.scrollHeight - grid.clientHeight) * (place % 1);
      }
      requestAnimationFrame(step);
    };
    requestAnimationFrame((now) => {
      last = now;
      requestAnimationFrame(step);
    });
  });

/** Whether every tile of a grid has its picture. @param {string} label */
export const isGridFull = (label) => {
  const cells = [...document.querySelectorAll(`[role="grid"][aria-label="${label}"] [role="gridcell"]`)];
  return cells.length > 0 && cells.every((cell) => (cell.querySelector('img')?.naturalWidth ?? 0) > 0);
};

/**
 * Notes, for the next key, how long it takes until the largest picture of the window is another one and is painted.
 * `globalThis.nextPicture` then holds the promise.
 */
export const watchNextPicture = () => {
  const largest = () => {
    /** @type {HTMLImageElement | null} */
    let found = null;
    let most = 0;
    for (const picture of document.querySelectorAll('img')) {
      const { width, height } = picture.getBoundingClientRect();
      if (width * height <= most || !picture.checkVisibility({ visibilityProperty: true })) continue;
      most = width * height;
      found = picture;
    }
    return found;
  };
  const before = largest()?.currentSrc;
  /** @type {Promise<number>} */
  const promise = new Promise((done) => {
    addEventListener(
      'keydown',
      (event) => {
        const pressed = event.timeStamp;
        const look = () => {
          const picture = largest();
          const isNext =
            picture !== null && picture.currentSrc !== before && picture.complete && picture.naturalWidth > 0;
          // The frame that shows it ends with the next one's beginning.
          if (isNext) requestAnimationFrame(() => done(performance.now() - pressed));
          else requestAnimationFrame(look);
        };
        look();
      },
      { capture: true, once: true },
    );
  });
  Object.assign(globalThis, { nextPicture: promise });
};

/** How long that took, or -1 after two seconds. */
export const nextPictureMs = () =>
  Promise.race([
    /** @type {{ nextPicture?: Promise<number> }} */ (globalThis).nextPicture ?? Promise.resolve(-1),
    new Promise((done) => setTimeout(() => done(-1), 2000)),
  ]);
