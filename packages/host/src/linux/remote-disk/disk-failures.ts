import { isSampanError, SampanError } from "@sampan/core";
import { plainText } from "../../connection/plain-text.ts";

/** Why a byte of a disk could not be had, from what dd complained about; nothing when the disk just ended. */
export function diskFailure(
  title: string,
  offset: number,
  sizeBytes: number,
  complaint: string,
): SampanError {
  const text = plainText(complaint).split("\n").join(" ").slice(0, 300);
  const details = { offset, sizeBytes, said: text };
  if (/No such file|No such device(?! or)/i.test(text)) {
    return new SampanError("HOST_DISK_UNKNOWN", `${title}: there is no such disk: ${text}`, { details });
  }
  if (/Permission denied|not permitted/i.test(text)) {
    return new SampanError("HOST_DISK_UNREADABLE", `${title}: the user may not read it: ${text}`, {
      hint: "Disks are read by root: log in as root, or allow the user sudo.",
      details,
    });
  }
  if (text !== "" && !/cannot skip/i.test(text)) {
    return new SampanError(
      "HOST_DISK_UNREADABLE",
      `${title}: at byte ${offset} of ${sizeBytes} it fails: ${text}`,
      { details },
    );
  }
  return new SampanError(
    "HOST_DISK_SHORT",
    `${title}: it ends at byte ${offset}, and said it had ${sizeBytes}`,
    { details },
  );
}

/** What is thrown when trying again did not help either: the connection is lost, whatever the last attempt said. */
export function lostForGood(title: string, error: unknown): unknown {
  if (!isSampanError(error, "HOST_UNREACHABLE") && !isSampanError(error, "HOST_CONNECTION_LOST"))
    return error;
  return new SampanError(
    "HOST_CONNECTION_LOST",
    `${title}: the connection was lost and does not come back: ${error.message}`,
    {
      details: error.details,
      cause: error,
    },
  );
}
