/** What is at a path of the guest. */
export interface GuestFileStat {
  readonly kind: "file" | "directory" | "link" | "other";
  readonly sizeBytes: number;
  /** Permission bits, such as 0o644. */
  readonly mode: number;
}

/**
 * The files of a guest, by absolute path. Symbolic links are resolved inside the guest, never outside; a loop, or a
 * path that leads nowhere, counts as absent.
 */
export interface GuestFiles {
  /** `undefined` when nothing is there. Follows a link at the end unless told not to. */
  stat(path: string, options?: { readonly followLink?: boolean }): Promise<GuestFileStat | undefined>;
  /** Names in a directory, sorted; empty when there is none. */
  list(path: string): Promise<readonly string[]>;
  /** Content of a file; `undefined` when there is none. At most `maxBytes` (1 MiB by default) from its beginning. */
  read(path: string, maxBytes?: number): Promise<Uint8Array | undefined>;
  /** Content as UTF-8 text; `undefined` when there is none. */
  readText(path: string, maxBytes?: number): Promise<string | undefined>;
  /** Where a link points, as written; `undefined` when there is no link. */
  readLink(path: string): Promise<string | undefined>;
}

/** The files of a guest on an overlay: changes never reach the source. */
export interface WritableGuestFiles extends GuestFiles {
  /** Creates or replaces a file; keeps owner and mode of one that exists, otherwise root and `mode` (0o644). */
  write(path: string, content: string | Uint8Array, mode?: number): Promise<void>;
  /** Removes a file or link; nothing happens when there is none. */
  remove(path: string): Promise<void>;
  /** Creates a link, replacing what is there. */
  link(path: string, target: string): Promise<void>;
}
