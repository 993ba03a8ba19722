/** What a row has to say by the titles of its columns, found in the report by this test itself. */
export type Row = Readonly<Record<string, string>>

/** By the tables' names, in the order of their rows. */
export type Tables = Readonly<Record<string, readonly Row[]>>
