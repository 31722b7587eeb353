import type { ErrorCodeEntry } from "./entry.ts";

export const imageErrorCodes = {
  IMAGE_RANGE: {
    meaning: "A read reached past the end of a disk.",
    cure: "Ask for a range inside the disk; its size is `sizeBytes`.",
  },
  IMAGE_NOT_FOUND: {
    meaning: "The image file does not exist or is not a regular file.",
    cure: "Check the path; give a file, not a folder or a device.",
    exitCode: 2,
  },
  IMAGE_UNREADABLE: {
    meaning: "The operating system refused to read the image file.",
    cure: "Check the file's permissions and the medium it lies on.",
  },
  IMAGE_FORMAT_UNKNOWN: {
    meaning: "The file is no disk image Sampan can recognise.",
    cure: "Give a raw disk or an image such as VHD, VHDX, VMDK, QCOW2, VDI or OVA; a raw disk that is not recognised is forced with `--source-format raw`.",
  },
  IMAGE_FORMAT_UNSUPPORTED: {
    meaning: "The image uses a variant or feature of its format that Sampan does not read.",
    cure: "Convert it with the tool that made it to a plain variant, such as a monolithic sparse VMDK or a raw file.",
  },
  IMAGE_CORRUPT: {
    meaning: "The image contradicts its own format: a checksum, offset, size or table is wrong.",
    cure: "The file may be damaged or still being written; export it again from its source.",
  },
  IMAGE_TRUNCATED: {
    meaning: "The image file ends before the data its tables point to.",
    cure: "The copy was probably interrupted; compare its size with the original and copy it again.",
  },
  IMAGE_ENCRYPTED: {
    meaning: "The image is encrypted.",
    cure: "Decrypt it first with the tool that made it.",
  },
  IMAGE_PARENT_REFUSED: {
    meaning: "The image names a parent or part file outside the folder Sampan may read from.",
    cure: "Put the file beside the image, or allow its folder with `--allow-path FOLDER`.",
  },
  IMAGE_PART_MISSING: {
    meaning: "A parent or part file that the image names is not there.",
    cure: "Put the file beside the image, or allow the folder it lies in with `--allow-path FOLDER`.",
  },
  IMAGE_SNAPSHOT_UNKNOWN: {
    meaning: "The image holds no snapshot of that name, or its format has none.",
    cure: "Leave the snapshot out to read the disk as it is now; the message lists the names there are.",
    exitCode: 2,
  },
  IMAGE_PARENT_MISMATCH: {
    meaning: "The file found under the name of the image's parent is not the one the image was made on.",
    cure: "Find the original parent; one that was changed since, or another of the same name, does not fit.",
  },
  IMAGE_DISK_CHOICE: {
    meaning: "The package holds several disks and none was chosen, or the chosen one is not in it.",
    cure: "Name one of its disks: by its place from 0 on, its file or its id.",
    exitCode: 2,
  },
  IMAGE_UNPACKS_TOO_LARGE: {
    meaning:
      "The compressed image unpacks to more than is allowed; a few bytes can be made to unpack to any size.",
    cure: "If you trust it, unpack it yourself and give the unpacked file.",
  },
  IMAGE_TOO_LARGE: {
    meaning: "The disk is larger than the target format can hold.",
    cure: "Choose another format: a VHD holds at most 2,040 GiB.",
  },
  IMAGE_TARGET_EXISTS: {
    meaning: "The output file already exists.",
    cure: "Choose another name, or pass `--force` to replace it.",
    exitCode: 2,
  },
  IMAGE_NO_SPACE: {
    meaning: "The output folder, or the one for temporary files, has too little free space.",
    cure: "Free some space or choose another folder; nothing was left behind.",
  },
  IMAGE_WRITE_FAILED: {
    meaning: "The operating system refused to write the output file.",
    cure: "Check the folder's permissions; nothing was left behind.",
  },
} as const satisfies Record<string, ErrorCodeEntry>;
