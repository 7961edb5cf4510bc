/** The key that does the same as the button it stands on. Hidden from screen readers, which get it as `aria-keyshortcuts`. */
export function Keycap({ name }: { readonly name: string }) {
  return (
    <kbd
      aria-hidden="true"
      className="rounded-md font-sans border border-current/40 px-1.5 text-sm font-medium whitespace-nowrap"
    >
      {name}
    </kbd>
  );
}
