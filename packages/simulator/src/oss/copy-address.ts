/** The object a copy reads, as `x-oss-copy-source` names it. */
export interface CopyAddress {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
}

/** Reads `/bucket/url-encoded-key[?versionId=…]`; `undefined` when it is malformed. */
export function readCopySource(header: string): CopyAddress | undefined {
  const [path = "", selection] = header.split("?", 2);
  const versionId = /^versionId=(.+)$/.exec(selection ?? "")?.[1];
  if (selection !== undefined && versionId === undefined) return undefined;
  try {
    const [, bucket, key] = /^\/?([^/]+)\/(.+)$/s.exec(decodeURIComponent(path)) ?? [];
    if (!bucket || !key) return undefined;
    return { bucket, key, ...(versionId === undefined ? {} : { versionId }) };
  } catch {
    return undefined;
  }
}
