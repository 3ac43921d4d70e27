import { type FacetName, type ResourceKind, resourceKinds } from '../api/types.ts';
import type { Translate } from '../locales/text.ts';

const isKind = (value: string): value is ResourceKind => (resourceKinds as readonly string[]).includes(value);

/** A value of a facet as people read it: the server names all but the kinds, which are the product's own words. */
export function facetLabel(t: Translate, facet: FacetName, label: string): string {
  return facet === 'kind' && isKind(label) ? t(`words.kind.${label}`) : label;
}
