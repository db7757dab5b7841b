// How the window is built: one page, no inlined assets or scripts, so that it runs under a policy without 'unsafe-inline'.
import { createReadStream, existsSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

/** Serves pictures from the folder in ABOX_FIXTURE_IMAGES to the development page. They are never part of a build. */
function fixtureImages(): Plugin {
  return {
    name: 'abox-fixture-images',
    apply: 'serve',
    configureServer(server) {
      const folder = process.env['ABOX_FIXTURE_IMAGES'];
      server.middlewares.use('/fixture-images/', (request, response, next) => {
        const name = normalize(decodeURIComponent((request.url ?? '').split('?')[0] ?? '')).replace(/^[/\\]+/, '');
        const file = folder === undefined ? undefined : join(folder, name);
        if (file === undefined || name.startsWith('..') || !existsSync(file)) return next();
        response.setHeader('Content-Type', 'image/jpeg');
        createReadStream(file).pipe(response);
      });
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [svelte(), fixtureImages()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'safari16.4',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  resolve: process.env['VITEST'] ? { conditions: ['browser'] } : {},
  test: {
    environment: 'happy-dom',
    setupFiles: ['src/testing/setup.ts'],
    include: ['src/**/*.test.ts'],
    restoreMocks: true,
  },
} as Parameters<typeof defineConfig>[0]);
