/**
 * Why an enrolment link will not serve a room. `local`: it leads to the machine that opens it. `insecure`: browsers give
 * camera and microphone only to pages that come encrypted.
 */
export function linkFault(link: string): 'local' | 'insecure' | null {
  const { hostname, protocol } = new URL(link);
  if (hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')) return 'local';
  return protocol === 'https:' ? null : 'insecure';
}
