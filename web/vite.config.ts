import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import { scriptBudget } from './script-budget.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const api = process.env.TONGKE_API ?? 'http://localhost:8080';

export default defineConfig({
  root: here('.'),
  plugins: [vue(), scriptBudget({ page: 'pages/Library.vue', limitBytes: 120 * 1024 })],
  define: {
    __VUE_OPTIONS_API__: false,
    __VUE_PROD_DEVTOOLS__: false,
    __VUE_I18N_LEGACY_API__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
  },
  build: {
    outDir: here('./dist'),
    emptyOutDir: true,
    manifest: true,
    // Teachers' laptops are old; the classroom needs WebRTC as Chromium 100 has it anyway.
    target: ['chrome100', 'edge100', 'firefox100', 'safari15.4'],
    assetsInlineLimit: 0,
  },
  server: {
    port: 5173,
    proxy: {
      '/api': { target: api, changeOrigin: false },
      '/classroom': { target: api, ws: true },
    },
  },
});
