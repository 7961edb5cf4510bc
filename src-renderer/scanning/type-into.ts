/** Types text into a field at the caret, as if the key had gone there by itself; React and others hear of it by the input event. */
export function typeInto(field: HTMLInputElement, text: string): void {
  const from = field.selectionStart ?? field.value.length;
  const until = field.selectionEnd ?? from;
  field.setRangeText(text, from, until, 'end');
  field.dispatchEvent(new InputEvent('input', { bubbles: true, data: text, inputType: 'insertText' }));
}

/** The text field that has the focus, if one has. */
export function focusedField(): HTMLInputElement | null {
  const focused = document.activeElement;
  return focused instanceof HTMLInputElement && !focused.readOnly && !focused.disabled ? focused : null;
}
