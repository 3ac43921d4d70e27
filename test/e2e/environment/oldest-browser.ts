import type { BrowserContext } from 'playwright-core';

/**
 * What browsers have learnt since Chromium 105, which docs/kiosk.md calls the oldest that will do, and which a page could call
 * without asking first. Sources: the release notes of V8 and Chromium.
 */
const newer: readonly [owner: string, ...members: string[]][] = [
  ['Array', 'fromAsync'],
  ['Array.prototype', 'toReversed', 'toSorted', 'toSpliced', 'with'],
  ['Uint8Array', 'fromBase64', 'fromHex'],
  ['Uint8Array.prototype', 'toBase64', 'toHex', 'setFromBase64', 'setFromHex'],
  ['String.prototype', 'isWellFormed', 'toWellFormed'],
  ['Object', 'groupBy'],
  ['Map', 'groupBy'],
  ['Map.prototype', 'getOrInsert', 'getOrInsertComputed'],
  [
    'Set.prototype',
    ...['union', 'intersection', 'difference', 'symmetricDifference', 'isSubsetOf', 'isSupersetOf', 'isDisjointFrom'],
  ],
  ['Promise', 'withResolvers', 'try'],
  ['RegExp', 'escape'],
  ['Error', 'isError'],
  ['Math', 'f16round', 'sumPrecise'],
  ['ArrayBuffer.prototype', 'transfer', 'transferToFixedLength', 'resize'],
  ['Intl', 'DurationFormat'],
  ['URL', 'canParse', 'parse'],
  ['AbortSignal', 'any'],
  ['Blob.prototype', 'bytes'],
  ['Response.prototype', 'bytes'],
  ['ReadableStream', 'from'],
  ['ReadableStream.prototype', 'values', 'Symbol.asyncIterator'],
  ['Document', 'parseHTMLUnsafe'],
  ['Element.prototype', 'setHTMLUnsafe', 'getHTML'],
  ['HTMLElement.prototype', 'showPopover', 'hidePopover', 'togglePopover'],
  ['HTMLDialogElement.prototype', 'requestClose'],
];

/** The pages of this context find a browser as old as schools have, so that whatever a test opens would open there, too. */
export async function forgetNewer(context: BrowserContext): Promise<void> {
  await context.addInitScript((listed) => {
    type Owner = Record<PropertyKey, unknown>;
    for (const [path, ...members] of listed) {
      let owner: Owner | undefined = globalThis as unknown as Owner;
      for (const step of path.split('.')) owner = owner?.[step] as Owner | undefined;
      if (owner === undefined) continue;
      for (const member of members) delete owner[member === 'Symbol.asyncIterator' ? Symbol.asyncIterator : member];
    }
    // Of the helpers of iterators only what all iterators have stays.
    const { Iterator } = globalThis;
    if (!Iterator) return;
    for (const member of Object.getOwnPropertyNames(Iterator.prototype)) {
      if (member !== 'constructor') delete (Iterator.prototype as unknown as Owner)[member];
    }
  }, newer);
}
