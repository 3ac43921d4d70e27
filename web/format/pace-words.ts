import { useText } from '../locales/text.ts';
import { useFormat } from './format.ts';

/** How fast something goes and how long it takes yet, in words; none while the speed is not known. */
export function usePaceWords(): (bytesPerSecond: number, leftBytes: number) => string[] {
  const { t } = useText();
  const format = useFormat();
  return (bytesPerSecond, leftBytes) =>
    bytesPerSecond > 0
      ? [
          t('transfer.speed', { speed: format.bytes(bytesPerSecond) }),
          t('transfer.left', { span: format.span((leftBytes / bytesPerSecond) * 1000) }),
        ]
      : [];
}
