export type RealTimeRequest =
  { readonly kind: 'status'; readonly n: number } | { readonly kind: 'pulse'; readonly pin: 2 | 5 };

/**
 * Finds `DLE EOT n` and `DLE DC4 1 m t` in arriving bytes. A printer acts upon them at once, before the bytes
 * that wait in its buffer; hence a scanner of its own beside the decoder. Split packets are no obstacle.
 */
export class RealTimeScanner {
  #seen: number[] = [];

  push(bytes: Uint8Array): RealTimeRequest[] {
    const requests: RealTimeRequest[] = [];
    for (const byte of bytes) {
      this.#seen.push(byte);
      const request = this.#match();
      if (request === 'more') continue;
      if (request !== undefined) requests.push(request);
      this.#seen = request === undefined && byte === 0x10 ? [byte] : [];
    }
    return requests;
  }

  #match(): RealTimeRequest | 'more' | undefined {
    const [dle, command, n, m, t] = this.#seen;
    if (dle !== 0x10) return undefined;
    if (command === undefined) return 'more';
    if (command === 0x04) return n === undefined ? 'more' : { kind: 'status', n };
    if (command !== 0x14) return undefined;
    if (n === undefined) return 'more';
    if (n !== 1) return undefined;
    if (m === undefined || t === undefined) return 'more';
    return { kind: 'pulse', pin: m === 1 ? 5 : 2 };
  }
}
