/**
 * Works on a list, `most` at once, and gives the results in its order.
 *
 * Settles when all that was begun has: the first failure is thrown then, and what was not begun before it never is.
 */
export async function inTurns<T, R>(
  list: readonly T[],
  most: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    while (failure === undefined && next < list.length) {
      const at = next++;
      try {
        results[at] = await work(list[at] as T);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, list.length) }, worker));
  if (failure !== undefined) throw (failure as { readonly error: unknown }).error;
  return results;
}
