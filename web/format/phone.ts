/** A number of E.164 as people in China write it: 138 0013 8000, 057188886666. Those of other countries keep their code. */
export function phoneWords(phone: string): string {
  const mobile = /^\+86(1\d{2})(\d{4})(\d{4})$/.exec(phone);
  return mobile ? mobile.slice(1).join(' ') : phone.replace(/^\+86/, '0');
}
