import { isSampanError, type SampanError } from "../errors.ts";

/** What some work is refused with. Rejects when it succeeds, or fails with anything but a {@link SampanError}. */
export async function refused(work: Promise<unknown>): Promise<SampanError> {
  const error = await work.then(
    (value: unknown) => new Error(`expected a SampanError, got ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  if (!isSampanError(error)) throw error;
  return error;
}
