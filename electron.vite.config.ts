import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'electron-vite';

/** The oldest runtimes that run the build: plain Node for the processes, Chromium of the oldest Electron tested. */
const NODE_TARGET = 'node20.18';
const CHROMIUM_TARGET = 'chrome130';

export default defineConfig({
  main: {
    build: {
      target: NODE_TARGET,
      rolldownOptions: {
        input: {
          index: 'src/main/index.ts',
          studio: 'src/studio/index.ts',
          engine: 'src/engine/index.ts',
          trainer: 'src/engine/trainer.ts',
          networks: 'src/engine/networks/thread.ts',
          neighbours: 'src/node/neighbours/thread.ts',
          care: 'src/studio/care/thread.ts',
          clusters: 'src/studio/clustering/thread.ts',
          verify: 'src/studio/verify/thread.ts',
          'image-worker': 'src/node/images/worker.ts',
          cli: 'src/cli/index.ts',
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      target: NODE_TARGET,
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: 'src/preload/index.ts' },
        // A sandboxed preload script must be CommonJS.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    plugins: [svelte()],
    build: {
      target: CHROMIUM_TARGET,
      // electron-vite leaves it off; the browser shell sends the bundle over a tunnel.
      minify: true,
      rolldownOptions: { input: { index: 'src/renderer/index.html' } },
    },
  },
});
