import type { HtmlTagDescriptor, Plugin } from 'vite';

const words = 'locales/zh-CN/opening.ts';

/**
 * On a slow line a page waits longer for the next question to be asked than for its answer. So every page names the script with
 * the first language's first words before its own script is there to ask for it.
 */
export function earlyWords(): Plugin {
  return {
    name: 'tongke-early-words',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }): HtmlTagDescriptor[] {
        const chunk = Object.values(bundle ?? {}).find(
          (output) => output.type === 'chunk' && output.facadeModuleId?.endsWith(words),
        );
        if (!chunk) throw new Error(`There is no chunk of its own for ${words}.`);
        const attrs = { rel: 'modulepreload', crossorigin: true, href: `/${chunk.fileName}` };
        return [{ tag: 'link', injectTo: 'head', attrs }];
      },
    },
  };
}
