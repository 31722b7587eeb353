const maxPages = 200;

/** One page of a list that goes on by token. */
export interface TokenPage<T> {
  readonly rows: readonly T[];
  readonly nextToken: string | undefined;
}

/** Reads a list to its end, page after page; a token that comes twice, or 200 pages, end it. */
export async function allPages<T>(
  page: (nextToken: string | undefined) => Promise<TokenPage<T>>,
): Promise<T[]> {
  const rows: T[] = [];
  let token: string | undefined;
  for (let count = 0; count < maxPages; count++) {
    const { rows: found, nextToken } = await page(token);
    rows.push(...found);
    if (!nextToken || nextToken === token) break;
    token = nextToken;
  }
  return rows;
}

/** The list in pieces of at most `size`. */
export function* chunks<T>(list: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < list.length; start += size) yield list.slice(start, start + size);
}
