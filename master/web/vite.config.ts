import { defineConfig } from 'vite';

// Relative addresses, because the page may be served below any --web-base-path. During development
// `npm run dev` takes the data from a running swarm, or the tests' fake server (SWARM_WEB_API).
export default defineConfig({
  base: './',
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0, // nothing inline: the server forbids it
    modulePreload: false,
    rollupOptions: { input: ['index.html', 'login.html'] },
  },
  server: {
    proxy: { '/api': { target: process.env['SWARM_WEB_API'] ?? 'http://127.0.0.1:8089', ws: true } },
  },
});
