import { isSampanError, SampanError } from "@sampan/core";

/** Does work on a file that is being written; what the system refuses becomes `IMAGE_NO_SPACE` or `IMAGE_WRITE_FAILED`. */
export async function asWriteError<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isSampanError(error)) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? null;
    const full = code === "ENOSPC" || code === "EDQUOT";
    throw new SampanError(
      full ? "IMAGE_NO_SPACE" : "IMAGE_WRITE_FAILED",
      `writing ${path}: the system answered ${code ?? "an error"}`,
      { cause: error, details: { path, code } },
    );
  }
}
