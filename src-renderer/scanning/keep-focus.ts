/**
 * A finger or mouse on a button leaves the focus where it was: otherwise the next Enter would press that button
 * again instead of paying. The keyboard moves the focus as ever. In the bubble phase, because the tabs act on the
 * press itself and would take a prevented one for a refused one.
 */
export function keepFocusOnPress(page: Window): void {
  page.addEventListener('mousedown', (event) => {
    if (event.target instanceof Element && event.target.closest('button')) event.preventDefault();
  });
}
