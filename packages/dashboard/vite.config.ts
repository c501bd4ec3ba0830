/**
 * Builds the page into the program's `dist`, where `plimsoll serve` finds it. Nothing is inlined:
 * the server's content security policy allows files of its own origin and nothing else.
 */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

const server = process.env['PLIMSOLL_URL'] ?? 'http://127.0.0.1:4600';

export default defineConfig({
  plugins: [svelte()],
  build: {
    outDir: '../plimsoll/dist/dashboard',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
  },
  server: { proxy: { '/v1': { target: server, ws: true } } },
});
