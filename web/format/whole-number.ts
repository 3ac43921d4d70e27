/** What was typed as a number from 0 up, in half or full width as input methods write it; NaN when it is none of so few digits. */
export function wholeNumber(typed: string, mostDigits: number): number {
  const digits = typed.normalize('NFKC').trim();
  return /^\d+$/.test(digits) && digits.length <= mostDigits ? Number(digits) : Number.NaN;
}
