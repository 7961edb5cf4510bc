/** Until the terminal has answered for the first time. */
export function StartingScreen() {
  return <output className="m-auto text-lg text-muted">Looking for the till on this PC…</output>;
}
