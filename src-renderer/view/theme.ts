/** `system` follows the PC; the others are chosen at the till and stay with this browser. */
export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const KEY = 'holdfast.theme';

export function savedTheme(): Theme {
  try {
    const saved = window.localStorage.getItem(KEY);
    return themes.find((theme) => theme === saved) ?? 'system';
  } catch {
    // A browser that forbids storage follows the PC.
    return 'system';
  }
}

export function applyTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
}

export function chooseTheme(theme: Theme): void {
  applyTheme(theme);
  try {
    window.localStorage.setItem(KEY, theme);
  } catch {
    // It holds until the page is reloaded.
  }
}
