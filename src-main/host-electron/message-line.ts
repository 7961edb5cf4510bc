/**
 * One end of a two-way line of messages, in order. Electron's utility process, a MessagePort and a child process
 * each have one; what is said over it does not depend on which.
 */
export interface MessageLine<Incoming, Outgoing> {
  send(message: Outgoing): void;
  onMessage(listener: (message: Incoming) => void): void;
}
