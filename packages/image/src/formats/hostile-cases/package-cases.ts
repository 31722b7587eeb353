import { gzipSync } from "node:zlib";
import { MiB } from "@sampan/core";
import { makeZstdFrame } from "../compressed/testing/make-packed.ts";
import { makeOvf, makeTar, signTarHeader } from "../ova/testing/make-ova.ts";
import { endless, type HostileCase, put } from "./hostile-case.ts";

/* Packages and packed files: what unpacks to more than it should, and descriptions that take for ever to read. */

const namespace = 'xmlns="http://schemas.dmtf.org/ovf/envelope/1"';

const description = (name: string, text: () => string, ends: string): HostileCase => ({
  name: `an OVF description ${name}`,
  files: () => ({ "x.ovf": text() }),
  opened: "x.ovf",
  ends,
});

const packed = (name: string, bytes: () => Uint8Array, ends: string, opened = "x.gz"): HostileCase => ({
  name,
  files: () => ({ [opened]: bytes() }),
  opened,
  ends,
});

const repeated = (bytes: Uint8Array, times: number) => Buffer.concat(Array<Uint8Array>(times).fill(bytes));
const onePackage = () => makeTar([{ name: "x.ovf", content: makeOvf([{ href: "d.vmdk", capacity: 1 }]) }]);

/** Frames of zstd that each unpack to 128 MiB of zeros, without saying so. */
function zstdBomb(frames: number): Uint8Array {
  return repeated(makeZstdFrame(new Uint8Array(128 * MiB), { withoutSize: true }), frames);
}

/** Packages, and packed files, that lie. */
export const packageCases: readonly HostileCase[] = [
  description(
    "with 100,000 attributes",
    () =>
      `<Envelope ${namespace} ${Array.from({ length: 100_000 }, (_, index) => `a${index}=""`).join(" ")}>`,
    "IMAGE_CORRUPT",
  ),
  description(
    "with 100,000 elements of different names",
    () =>
      `<Envelope ${namespace}>${Array.from({ length: 80_000 }, (_, index) => `<a${index}/>`).join("")}</Envelope>`,
    "IMAGE_CORRUPT",
  ),
  description(
    "nested 300,000 deep",
    () => `<Envelope ${namespace}>${"<a>".repeat(300_000)}`,
    "IMAGE_CORRUPT",
  ),
  description("of several MiB", () => `<Envelope ${namespace}>${" ".repeat(5 * MiB)}`, "IMAGE_CORRUPT"),
  description(
    "that defines entities of entities",
    () =>
      `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><Envelope ${namespace}>&b;</Envelope>`,
    "IMAGE_CORRUPT",
  ),
  description(
    "with a disk in a billion pieces",
    () => makeOvf([{ href: "d.vmdk", capacity: 1, attributes: 'ovf:size="1000000000" ovf:chunkSize="1"' }]),
    "IMAGE_CORRUPT",
  ),
  description("whose disk is itself", () => makeOvf([{ href: "x.ovf", capacity: 1 }]), "IMAGE_CORRUPT"),
  description(
    "whose disk is a file of the system",
    () => makeOvf([{ href: "/etc/shadow", capacity: 1 }]),
    "IMAGE_PARENT_REFUSED",
  ),
  description(
    "whose disk lies on another machine",
    () => makeOvf([{ href: "http://localhost/d.vmdk", capacity: 1 }]),
    "IMAGE_PARENT_REFUSED",
  ),
  packed(
    "a package with an entry of 2^63 bytes",
    () => {
      const archive = onePackage();
      put(archive.subarray(0, 512), "big", [
        [124, 32, 0x80000000],
        [128, 64, endless / 2n],
      ]);
      signTarHeader(archive);
      return archive;
    },
    "IMAGE_CORRUPT",
    "x.ova",
  ),
  packed(
    "a package of 20,000 empty files",
    () =>
      Buffer.concat([
        onePackage().subarray(0, -1024),
        repeated(makeTar([{ name: "e", content: "" }]).subarray(0, 512), 20_000),
      ]),
    "IMAGE_CORRUPT",
    "x.ova",
  ),
  packed(
    "a package with 8 MiB of names",
    () =>
      Buffer.concat([
        onePackage().subarray(0, -1024),
        repeated(
          makeTar([{ name: "l", type: "x", content: "6 a=b\n".repeat(10_000) }]).subarray(0, -1024),
          130,
        ),
      ]),
    "IMAGE_CORRUPT",
    "x.ova",
  ),
  packed(
    "a gzip file that unpacks to 3 GiB of zeros",
    () => repeated(gzipSync(new Uint8Array(64 * MiB), { level: 9 }), 48),
    "IMAGE_UNPACKS_TOO_LARGE",
  ),
  packed(
    "a zstd file that unpacks to 4 GiB of zeros",
    () => zstdBomb(32),
    "IMAGE_UNPACKS_TOO_LARGE",
    "x.zst",
  ),
  packed(
    "a zstd file that says it unpacks to 2^64 bytes",
    () => put(makeZstdFrame(new Uint8Array(1000)).slice(), "little", [[6, 64, endless]]),
    "IMAGE_CORRUPT",
    "x.zst",
  ),
  packed(
    "a gzip file in a gzip file in a gzip file",
    () => gzipSync(gzipSync(gzipSync(new Uint8Array(1000)))),
    "IMAGE_FORMAT_UNSUPPORTED",
  ),
];
