/**
 * How sure we are. Bytes handed to the kernel are not paper, so a job only counts as printed on the printer's
 * own word:
 * - `answered`: the printer answered a request that stood behind the job in its buffer: it has worked through it.
 * - `closed`: it took every byte and then closed its side in good order.
 * - `handed_over`: it cannot answer and did not close; the bytes left, and nobody knows more. Say "sent to the
 *   printer", never "printed".
 */
export type Delivery = 'answered' | 'closed' | 'handed_over';

/** A way to a printer. One job at a time: a second one waits for the first. */
export interface PrinterTransport {
  /**
   * Prints a job. Settles exactly once.
   * @throws {PrinterError}
   */
  send(job: Uint8Array, signal?: AbortSignal): Promise<Delivery>;
  /**
   * Bytes that need no paper, such as a drawer pulse: sent without asking how the printer is, because the drawer
   * must open although the paper is out.
   * @throws {PrinterError}
   */
  sendUnasked(bytes: Uint8Array, signal?: AbortSignal): Promise<Delivery>;
}
