import { defineConfig, type HtmlTagDescriptor, type Plugin } from 'vite';

const kMeta = [
  { charset: 'utf-8' },
  { name: 'viewport', content: 'width=device-width, initial-scale=1' },
  { name: 'color-scheme', content: 'light dark' },
  { name: 'referrer', content: 'no-referrer' },
];

/** What the heads of all pages begin with; a page that is one file has no icon beside it. */
export function sameHead(icon: boolean): Plugin {
  const tags: HtmlTagDescriptor[] = kMeta.map((attrs) => ({ tag: 'meta', attrs, injectTo: 'head-prepend' }));
  if (icon) tags.push({ tag: 'link', attrs: { rel: 'icon', href: './favicon.svg', type: 'image/svg+xml' }, injectTo: 'head' });
  return { name: 'same-head', transformIndexHtml: () => tags };
}

// Relative addresses, because the page may be served below any --web-base-path. During development
// `npm run dev` takes the data from a running swarm, or the tests' fake server (SWARM_WEB_API).
export default defineConfig({
  base: './',
  plugins: [sameHead(true)],
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
