/**
 * How setup speaks to people: one line when a step begins to work, its progress, one line when it is done.
 * Everything goes to stderr, so that a command's own output stays clean.
 *
 * @typedef {{ progress(text: string): void, done(text: string): void, gaveUp(): void }} Step
 * @typedef {{ step(label: string): Step, note(sentence: string): void }} Report
 */

const TICK_MS = 1000;
/** Without a terminal a line is printed this often, so that a log shows life but stays short. */
const LOG_EVERY_MS = 15_000;

/**
 * @param {{ write(text: string): unknown, isTTY?: boolean | undefined }} [out]
 * @param {() => number} [now] milliseconds
 * @returns {Report}
 */
export const createReport = (out = process.stderr, now = Date.now) => ({
  step(label) {
    const startedMs = now();
    let text = '';
    let loggedMs = startedMs;
    const seconds = () => `${String(Math.round((now() - startedMs) / 1000))} s`;
    const line = () => `${label}: ${text === '' ? '' : `${text}, `}${seconds()}`;
    const show = () => {
      if (out.isTTY === true) out.write(`\r\u001b[K${line()} …`);
      else if (now() - loggedMs >= LOG_EVERY_MS) {
        loggedMs = now();
        out.write(`${line()} …\n`);
      }
    };
    if (out.isTTY === true) show();
    else out.write(`${label} …\n`);
    const timer = setInterval(show, TICK_MS);
    timer.unref();
    const end = (/** @type {string} */ last) => {
      clearInterval(timer);
      if (out.isTTY === true) out.write('\r\u001b[K');
      if (last !== '') out.write(`${last}\n`);
    };
    return {
      progress(next) {
        text = next;
      },
      done(result) {
        end(`${label}: ${result}, ${seconds()}`);
      },
      gaveUp() {
        end('');
      },
    };
  },
  note(sentence) {
    out.write(`${sentence}\n`);
  },
});

/** A setup problem that people can act on: `message` says what happened, `advice` what to do about it. */
export class SetupProblem extends Error {
  /**
   * @param {string} reason one sentence
   * @param {string} advice one sentence
   */
  constructor(reason, advice) {
    super(reason);
    this.name = 'SetupProblem';
    this.advice = advice;
  }
}
