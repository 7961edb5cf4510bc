/** What a page or a snapshot from the server has changed on this till's disk, for who holds a part of it in memory. */
export interface AppliedChange {
  /** Items whose line in the catalogue changed; `all` after a snapshot. */
  readonly skus: readonly string[] | 'all';
  readonly staff: boolean;
  readonly settings: boolean;
  readonly stock: boolean;
}
