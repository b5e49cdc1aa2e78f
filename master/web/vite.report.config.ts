import { defineConfig, type Plugin } from 'vite';
import shared, { sameHead } from './vite.config';

/** Puts the script and the style into the page itself: a report is one file. */
function inOneFile(): Plugin {
  return {
    name: 'in-one-file',
    enforce: 'post',
    generateBundle(_, bundle) {
      const page = bundle['report.html'];
      if (page?.type !== 'asset') throw new Error('there is no report.html');
      let text = String(page.source);
      for (const [name, file] of Object.entries(bundle)) {
        if (file === page) continue;
        const source = file.type === 'chunk' ? file.code : String(file.source);
        const tag = file.type === 'chunk' ? 'script' : 'style';
        const inline = `<${tag}${tag === 'script' ? ' type="module"' : ''}>${source.replaceAll(`</${tag}`, `<\\/${tag}`)}</${tag}>`;
        const reference = new RegExp(`<(?:script|link)[^>]*"\\./${name.replaceAll('.', '\\.')}"[^>]*>(?:</script>)?`);
        if (!reference.test(text)) throw new Error(`report.html does not use ${name}`);
        text = text.replace(reference, () => inline);
        Reflect.deleteProperty(bundle, name);
      }
      page.source = text;
    },
  };
}

export default defineConfig({
  ...shared,
  publicDir: false,
  plugins: [sameHead(false), inOneFile()],
  build: {
    ...shared.build,
    emptyOutDir: false,
    cssCodeSplit: false,
    rollupOptions: { input: 'report.html', output: { inlineDynamicImports: true } },
  },
});
