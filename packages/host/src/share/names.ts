import { SampanError } from "@sampan/core";

/** Folders whose content is the host's own: sharing them writable would give the host away. */
const systemFolders =
  /^\/(?:bin|boot|dev|etc|lib|lib32|lib64|libx32|proc|root|run|sbin|sys|usr|tmp|var\/(?:lib|run|log|lock|spool|cache)|var)?$|^\/(?:bin|boot|dev|etc|lib\w*|proc|root|run|sbin|sys|usr)\//;

/**
 * A folder to be shared, or a mount point, without a slash at its end.
 *
 * @throws `HOST_SHARE_INVALID` for what is no absolute path, holds control characters or `..`, or is the host's own system.
 */
export function checkedFolder(folder: string): string {
  const plain = folder.replace(/\/{1,64}$/, "");
  const bad =
    !folder.startsWith("/") || folder.length > 1024
      ? "it is no absolute path of at most 1024 characters"
      : /\p{Cc}/u.test(folder)
        ? "it holds control characters"
        : /\/\/|(?:^|\/)\.{1,2}(?:\/|$)/.test(plain)
          ? "it holds empty parts, . or .."
          : systemFolders.test(plain)
            ? "it belongs to the system"
            : undefined;
  if (bad === undefined) return plain;
  throw new SampanError("HOST_SHARE_INVALID", `taking ${JSON.stringify(folder)} as a folder: ${bad}`, {
    hint: "Give a folder of its own with much space, such as /srv/images.",
  });
}

/** The name of a share: letters, digits, `_`, `-` and `.`, at most 40, as Windows shows it. `HOST_SHARE_INVALID` otherwise. */
export function checkedName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$/.test(name) && !/^(?:global|homes|printers|ipc\$?)$/i.test(name))
    return name;
  throw new SampanError("HOST_SHARE_INVALID", `naming a share ${JSON.stringify(name)}`, {
    hint: "Use letters, digits, _, - and ., at most 40 of them: VHD_DIR.",
  });
}

/** Who may mount: an address, a network such as `192.0.2.0/24`, a host's name, or `*` for all. `HOST_SHARE_INVALID` otherwise. */
export function checkedClient(client: string): string {
  if (
    client === "*" ||
    /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(?:\/\d{1,3})?$/.test(client) ||
    /^(?=.{2,49}$)[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:\/\d{1,3})?$/.test(client)
  ) {
    return client;
  }
  throw new SampanError("HOST_SHARE_INVALID", `letting ${JSON.stringify(client)} mount a share`, {
    hint: "Give the migrated host's address, a network such as 192.0.2.0/24, a name, or * for everybody.",
  });
}

/** The name of an account: as useradd takes it. `HOST_SHARE_INVALID` otherwise. */
export function checkedUser(user: string): string {
  if (/^[a-z_][a-z0-9_-]{0,31}$/.test(user) && user !== "root") return user;
  throw new SampanError("HOST_SHARE_INVALID", `taking ${JSON.stringify(user)} as the user of a share`, {
    hint: "Use lower-case letters, digits, _ and -, at most 32 of them, and not root.",
  });
}
