/** What can be filtered by; all hold codes, slugs or ids, never text that people wrote. */
export const filterFields = [
  'kind',
  'stage',
  'subject',
  'edition',
  'grade',
  'volume',
  'nodeIds',
  'schoolId',
  'ownerId',
  'allianceIds',
  'visibility',
  'lessonId',
] as const;
export type FilterField = (typeof filterFields)[number];

/** What can be counted by value. */
export const facetFields = ['kind', 'stage', 'subject', 'edition', 'grade', 'volume', 'schoolId'] as const;
export type FacetField = (typeof facetFields)[number];

export type Filter =
  | { is: 'oneOf'; field: FilterField; values: readonly string[] }
  | { is: 'all'; of: readonly Filter[] }
  | { is: 'any'; of: readonly Filter[] };

/** Holds when the field has one of the values; with no values it never holds. */
export function oneOf(field: FilterField, values: readonly string[]): Filter {
  return { is: 'oneOf', field, values };
}

/** Holds when all hold; `all()` always holds. */
export function all(...of: Filter[]): Filter {
  return { is: 'all', of };
}

/** Holds when one of them holds; `any()` never holds. */
export function any(...of: Filter[]): Filter {
  return { is: 'any', of };
}

// Inside double quotes only the quote and the backslash have a meaning.
function quote(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

const never = 'id IN []';

function expression(filter: Filter): string {
  if (filter.is === 'oneOf') {
    return filter.values.length === 0 ? never : `${filter.field} IN [${filter.values.map(quote).join(', ')}]`;
  }
  const parts = filter.of.map(expression).filter((part) => part !== '');
  if (filter.is === 'all') return parts.map((part) => `(${part})`).join(' AND ');
  // A part that always holds makes the whole hold.
  if (parts.length < filter.of.length) return '';
  return parts.length === 0 ? never : parts.map((part) => `(${part})`).join(' OR ');
}

/** The filter in Meilisearch's language; undefined when it always holds. */
export function toMeilisearch(filter: Filter): string | undefined {
  const whole = expression(filter);
  return whole === '' ? undefined : whole;
}
