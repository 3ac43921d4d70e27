import { nextTick } from 'vue';

/** A form may be longer than the window: the first of its fields that is at fault is brought into view, with the keyboard. */
export async function goToFirstFault(form: HTMLElement | undefined): Promise<void> {
  await nextTick();
  const fault = form?.querySelector<HTMLElement>('[aria-invalid="true"], [role="alert"]');
  fault?.focus({ preventScroll: true });
  fault?.scrollIntoView({ block: 'center' });
}
