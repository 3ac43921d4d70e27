/** What the presenter holds over the slides: one or the other. */
export type StudioTool = 'pointer' | 'pen';
