const isStyle = (node: Node): node is HTMLElement =>
  node instanceof HTMLStyleElement || (node instanceof HTMLLinkElement && node.rel === 'stylesheet');

/** Gives another document of ours the styles of this one, those that are loaded later too. @returns how to stop */
export function mirrorStyles(from: Document, to: Document): () => void {
  const copy = (nodes: Iterable<Node>): void => {
    for (const node of nodes) if (isStyle(node)) to.head.append(to.importNode(node, true));
  };
  copy(from.head.childNodes);
  const watch = new MutationObserver((changes) => {
    for (const { addedNodes } of changes) copy(addedNodes);
  });
  watch.observe(from.head, { childList: true });
  return () => watch.disconnect();
}
