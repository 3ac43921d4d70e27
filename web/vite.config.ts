import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import { earlyWords } from './build/early-words.ts';
import { precompress } from './build/precompress.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const api = process.env.TONGKE_API ?? 'http://localhost:8080';

export default defineConfig({
  root: here('.'),
  plugins: [vue(), earlyWords(), precompress()],
  resolve: { alias: [{ find: /^zod$/, replacement: here('./zod.ts') }] },
  define: {
    __VUE_OPTIONS_API__: false,
    __VUE_PROD_DEVTOOLS__: false,
  },
  build: {
    outDir: here('./dist'),
    emptyOutDir: true,
    manifest: true,
    // Teachers' laptops are old; the classroom needs WebRTC and the size of what is around as Chromium 105 has them anyway.
    target: ['chrome105', 'edge105', 'firefox110', 'safari16'],
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        // HTTP/1.1 asks for six files at a time: on a slow line fifty small ones wait longer than they take. So what the
        // library needs is one script with all that it imports, and what other pages share is another: all of them, and not only
        // the four of the classroom and what looks whether the browser will do for it.
        codeSplitting: {
          groups: [
            { name: 'first', test: /web\/(?:main\.ts|pages\/Library\.vue)/, priority: 2 },
            { name: 'common', test: /node_modules|web\/(?!locales|pages)/, minShareCount: 6, priority: 1 },
          ],
        },
      },
    },
  },
  server: {
    port: 5173,
    proxy: {
      // Not the modules of web/api and web/classroom, whose addresses begin in the same way.
      '^/api/(?!.*\\.(ts|vue)(\\?|$))': { target: api, changeOrigin: false },
      '^/classroom(\\?|$)': { target: api, ws: true },
    },
  },
});
