/** Until the terminal has answered for the first time. */
export function StartingScreen() {
  return (
    <p role="status" className="m-auto text-lg text-muted">
      Looking for the till on this PC…
    </p>
  );
}
