/** A step of the schema. Steps only go forward, and one that was released is never edited: its checksum is recorded. */
export interface Migration {
  /** 1, 2, 3 … without gaps */
  readonly number: number;
  readonly name: string;
  /** Each runs as it stands on PostgreSQL and on PGlite, all of them in one transaction. */
  readonly statements: readonly string[];
}
