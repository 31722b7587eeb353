import type { ErrorCodeEntry } from "./entry.ts";

export const hostHttpErrorCodes = {
  HOST_RANGES_UNSUPPORTED: {
    meaning: "The web server gives files only as a whole, and a disk is read in pieces.",
    cure: "Download the image and give its path, or serve it by a web server that answers Range requests.",
  },
  HOST_CERTIFICATE_REFUSED: {
    meaning: "The server's certificate is not one of a trusted authority, or is for another name.",
    cure: "Give the certificate of the server's authority with `caFile` in a plan, `--ca-file` of a command, and use the name the certificate is for.",
    exitCode: 4,
  },
} as const satisfies Record<string, ErrorCodeEntry>;
