import { defineConfig } from 'vitest/config';

/** `npm run test:long` sets it. */
const isLong = process.env['FACENET_STUDIO_LONG'] === '1';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: [
      '**/node_modules/**',
      'test/app/**',
      'test/architecture/planted/**',
      ...(isLong ? [] : ['test/long/**']),
    ],
    // TensorFlow's own chatter would bury the results.
    env: { TF_CPP_MIN_LOG_LEVEL: '3' },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // Most tests wait for programs that they start, so that a second core stands still.
    maxWorkers: 2,
  },
});
