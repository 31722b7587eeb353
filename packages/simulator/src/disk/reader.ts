/** Random access to the bytes of an object to be imported. */
export interface ObjectReader {
  readonly sizeBytes: number;
  /** Reads `length` bytes at `offset`, which must lie inside. */
  read(offset: number, length: number): Promise<Buffer>;
}

/** The disk found in an object. */
export interface InspectedDisk {
  readonly format: "VHD" | "RAW" | "QCOW2";
  readonly virtualSizeBytes: number;
  /** What the import will only find while it converts the disk; `null` when all is well. */
  readonly lateProblem: string | null;
}

/** A disk ImportImage refuses at once, with the vendor's code. */
export class DiskRefused extends Error {
  readonly code:
    | "InvalidImageFormat.Malformed"
    | "InvalidVHDImage.IncorrectSize"
    | "InvalidBlockSize.NotSupport";

  constructor(code: DiskRefused["code"], message: string) {
    super(message);
    this.code = code;
  }
}
