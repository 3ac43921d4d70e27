/**
 * A message with its `{slots}` filled in. Forms for different counts are parted by ` | `: for one and for any other, or for
 * none, one and any other.
 * @param named what stands in the slots; `n` is also the count, unless `count` says another
 */
export function fillIn(message: string, named: Record<string, unknown>, count?: number): string {
  const forms = message.split(' | ');
  const counted = count ?? (typeof named.n === 'number' ? named.n : 1);
  const form = forms.length > 2 ? Math.min(counted, 2) : Number(counted !== 1);
  return (forms[form] ?? message).replaceAll(/\{(\w+)\}/g, (_slot, name: string) => String(named[name] ?? ''));
}
