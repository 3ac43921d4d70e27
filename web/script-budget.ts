import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

export interface ScriptBudgetOptions {
  /** The page's module, relative to web/. */
  page: string;
  /** Gzipped bytes of script the page may load at most. */
  limitBytes: number;
}

/** Fails the build when the entry, the first language and the page together load more script than allowed. */
export function scriptBudget({ page, limitBytes }: ScriptBudgetOptions): Plugin {
  return {
    name: 'tongke-script-budget',
    apply: 'build',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((output) => output.type === 'chunk');
      const loaded = new Set<string>();
      const load = (fileName: string): void => {
        if (loaded.has(fileName)) return;
        loaded.add(fileName);
        const chunk = chunks.find((candidate) => candidate.fileName === fileName);
        for (const imported of chunk?.imports ?? []) load(imported);
      };
      const pageChunk = chunks.find((chunk) => chunk.facadeModuleId?.endsWith(page));
      const language = chunks.find((chunk) => chunk.facadeModuleId?.endsWith('locales/zh-CN/index.ts'));
      const entry = chunks.find((chunk) => chunk.isEntry);
      if (!pageChunk || !entry || !language) return this.error(`No chunk of its own for ${page}, the entry or zh-CN.`);
      for (const chunk of [entry, language, pageChunk]) load(chunk.fileName);
      const sizes = chunks
        .filter((chunk) => loaded.has(chunk.fileName))
        .map((chunk) => ({ name: chunk.fileName, bytes: gzipSync(chunk.code).length }));
      const total = sizes.reduce((sum, size) => sum + size.bytes, 0);
      const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`;
      this.info(`${page}: ${kilobytes(total)} of script gzipped (limit ${kilobytes(limitBytes)})`);
      if (total > limitBytes) {
        const list = sizes.map((size) => `${size.name} ${kilobytes(size.bytes)}`).join(', ');
        this.error(`${page} loads ${kilobytes(total)} of script, more than ${kilobytes(limitBytes)}: ${list}`);
      }
    },
  };
}
