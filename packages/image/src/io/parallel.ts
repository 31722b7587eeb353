/** A piece of work that starts when called. */
export type Task = () => Promise<void>;

/**
 * Runs tasks, at most `limit` at once, and settles only when every started one has settled.
 *
 * The first failure is thrown and keeps tasks not yet started from starting. Waiting for the others matters: they write
 * into the caller's buffer, which must be the caller's again when the promise settles.
 */
export async function runTasks(tasks: readonly Task[], limit = 8): Promise<void> {
  if (tasks.length === 0) return;
  if (tasks.length === 1) return (tasks[0] as Task)();
  let next = 0;
  let failed = false;
  let failure: unknown;
  const work = async () => {
    while (next < tasks.length && !failed) {
      const task = tasks[next++] as Task;
      try {
        await task();
      } catch (error) {
        if (!failed) failure = error;
        failed = true;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, tasks.length) }, work));
  if (failed) throw failure;
}
