import type { HtmlTagDescriptor, Plugin } from 'vite';

const language = 'locales/zh-CN/index.ts';

/**
 * On a slow line a page waits longer for the next question to be asked than for its answer. So every page names the first
 * language's script, and asks who is here, before its own script is there to ask.
 */
export function earlyQuestions(): Plugin {
  return {
    name: 'tongke-early-questions',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }): HtmlTagDescriptor[] {
        const chunk = Object.values(bundle ?? {}).find(
          (output) => output.type === 'chunk' && output.facadeModuleId?.endsWith(language),
        );
        if (!chunk) throw new Error(`There is no chunk of its own for ${language}.`);
        return [
          {
            tag: 'link',
            injectTo: 'head',
            attrs: { rel: 'modulepreload', crossorigin: true, href: `/${chunk.fileName}` },
          },
          // Matches what fetch asks for by itself: without `crossorigin` the answer would be thrown away and asked for again.
          {
            tag: 'link',
            injectTo: 'head',
            attrs: { rel: 'preload', as: 'fetch', crossorigin: true, href: '/api/me' },
          },
        ];
      },
    },
  };
}
