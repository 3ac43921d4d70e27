import type { Message } from '../../media/protocol.ts';
import type { useText } from '../locales/text.ts';

/** What a room has written, as the reader reads it. */
export function messageWords(
  t: ReturnType<typeof useText>['t'],
  { kind, text }: Pick<Message, 'kind' | 'text'>,
): string {
  return kind === 'text' ? text : t(`classroom.message.${kind}`);
}
