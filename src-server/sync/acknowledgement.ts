/** The callback that socket.io adds when the sender wants an answer; only after exactly one message. */
export function acknowledgement(message: readonly unknown[]): ((reply: unknown) => void) | undefined {
  const callback = message.at(-1);
  return message.length <= 2 && isCallback(callback) ? callback : undefined;
}

function isCallback(value: unknown): value is (reply: unknown) => void {
  return typeof value === 'function';
}
