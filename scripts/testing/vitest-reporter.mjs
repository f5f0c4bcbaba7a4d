import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Counts what vitest ran, for the one line at the end of `npm test`. Each skipped test is counted with its reason.
 * @typedef {{ passed: number, failed: number, skipped: number, reasons: Record<string, number> }} Summary
 */

const WITHOUT_REASON = 'no reason given';
const SET_UP_FAILED = 'the set-up of their suite failed';
/** Test files that read the shared data name it; what they skip without a reason of its own is skipped for its lack. */
const NAMES_SHARED_DATA = /FACENET_STUDIO_SHARED|setup\/shared|SHARED/;
export const NEEDS_SHARED = 'needs the shared data';

/** @param {import('vitest/node').TestCase} test */
const hasFailedSuite = (test) => {
  for (let { parent } = test; parent.type === 'suite'; { parent } = parent)
    if (parent.errors().length > 0) return true;
  return false;
};

export default class SummaryReporter {
  /** @param {readonly import('vitest/node').TestModule[]} modules */
  onTestRunEnd(modules, /** @type {readonly unknown[]} */ unhandledErrors) {
    /** @type {Summary} */
    const summary = { passed: 0, failed: unhandledErrors.length, skipped: 0, reasons: {} };
    for (const module of modules) {
      const namesShared = NAMES_SHARED_DATA.test(readFileSync(module.moduleId, 'utf8'));
      summary.failed += module.errors().length;
      for (const suite of module.children.allSuites()) summary.failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') summary.passed += 1;
        else if (result.state === 'failed') summary.failed += 1;
        else {
          summary.skipped += 1;
          const note = 'note' in result && typeof result.note === 'string' ? result.note : null;
          const reason = hasFailedSuite(test)
            ? SET_UP_FAILED
            : (note ?? (namesShared ? NEEDS_SHARED : WITHOUT_REASON));
          summary.reasons[reason] = (summary.reasons[reason] ?? 0) + 1;
        }
      }
    }
    const file = process.env['FACENET_STUDIO_TEST_SUMMARY'];
    if (file !== undefined) writeFileSync(file, JSON.stringify(summary));
  }
}
