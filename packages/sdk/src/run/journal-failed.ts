import { SampanError } from "@sampan/core";

/** What to do about the errors of file systems that people can mend. */
const hints: Readonly<Record<string, string>> = {
  ENOSPC: "The disk is full: free space there",
  EDQUOT: "The quota is used up: free space there",
  EROFS: "The file system is read-only: mount it writable, or keep runs elsewhere by `--home` or SAMPAN_HOME",
  EACCES: "Its permissions do not allow it: let this user write there",
  EPERM: "Its permissions do not allow it: let this user write there",
  ENOENT: "Something removed or moved the run's folder: put it back",
  EIO: "The disk reports errors: look at the system's log and mend it",
};

/**
 * Makes the error of a record that could not be written: what was being done, the system's code and path in the details, and what
 * to do about it.
 */
export function journalFailed(doing: string, path: string, cause: unknown): SampanError {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  const errno = typeof code === "string" ? code : null;
  const hint = errno === null ? undefined : hints[errno];
  return new SampanError("RUN_JOURNAL_FAILED", `${doing}${errno === null ? "" : `: ${errno}`}`, {
    ...(hint === undefined ? {} : { hint: `${hint}; then go on with \`sampan resume\`.` }),
    details: { path, errno },
    cause,
  });
}
