import { SampanError } from "@sampan/core";
import type { Shell } from "../connection/shell.ts";
import { mountShare } from "./mount-share.ts";
import { nfsShare } from "./nfs-share.ts";
import type { ShareWork } from "./run-steps.ts";
import type { ShareRecord, ShareRecords } from "./share-record.ts";
import { smbShare } from "./smb-share.ts";

/**
 * The work a record tells of, to be looked at or taken back. What the record says is checked as if a user had given it.
 *
 * @throws `HOST_SHARE_INVALID` for a record that was made by somebody else.
 */
export function recordedWork(shell: Shell, key: string, record: ShareRecord): ShareWork {
  const text = (name: string) => {
    const value = record.options[name];
    if (typeof value === "string") return value;
    throw new SampanError(
      "HOST_SHARE_INVALID",
      `reading the record of ${JSON.stringify(key)} on ${shell.title}: no ${name}`,
    );
  };
  const work =
    record.kind === "nfs"
      ? nfsShare(shell, { folder: text("folder"), client: text("client"), name: text("name") })
      : record.kind === "smb"
        ? smbShare(shell, { folder: text("folder"), name: text("name"), user: text("user") })
        : mountShare(shell, { from: text("from"), at: text("at"), user: text("user") });
  if (work.key === key) return work;
  throw new SampanError(
    "HOST_SHARE_INVALID",
    `reading the record of ${JSON.stringify(key)} on ${shell.title}: it is of ${work.key}`,
  );
}

/**
 * The names in a host's record that are meant by what a user calls a share: `nfs:images`, `images` or `/mnt/store`; all where nothing is
 * said. Mounts come first: what a host mounts from itself would hold its share.
 *
 * @throws `HOST_SHARE_UNKNOWN` when there is none of that name.
 */
export function recordedNames(
  records: ShareRecords,
  asked: string | undefined,
  title: string,
): readonly string[] {
  const all = Object.keys(records);
  const keys = all.filter(
    (key) => asked === undefined || key === asked || key.slice(key.indexOf(":") + 1) === asked,
  );
  if (keys.length === 0 && asked !== undefined) {
    throw new SampanError(
      "HOST_SHARE_UNKNOWN",
      `looking for ${JSON.stringify(asked)} on ${title}: Sampan made no such share there`,
      {
        hint: all.length === 0 ? "There is nothing of Sampan's." : `There are: ${all.join(", ")}.`,
      },
    );
  }
  return keys.sort((a, b) => Number(b.startsWith("mount:")) - Number(a.startsWith("mount:")));
}
