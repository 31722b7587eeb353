/*
 * What a text in a plan names. The shell's completion and the editor's ask the same table, so this is data alone: it loads without
 * Node, and says nothing of where the names are found.
 */

/**
 * Kinds of names that a text in a plan can be:
 *
 * - `source`: what `Migration.from` takes, a path or an address; `path`: a file or folder on this machine;
 * - `disk`: a disk of the plan's host, as an assessment listed it; `profile`: of the account's configuration;
 * - `rule`, `fix-up`: by their ids;
 * - the others are names of the cloud: of a region, a zone, or of what the account has there.
 */
export const namesKinds = [
  "source",
  "path",
  "disk",
  "profile",
  "rule",
  "fix-up",
  "region",
  "zone",
  "bucket",
  "instance-type",
  "vpc",
  "vswitch",
  "security-group",
] as const;

/** What a text in a plan names. */
export type NamesKind = (typeof namesKinds)[number];

/**
 * Which argument or option names what. Members of a list are meant where the option is a list; `share.here` is a field within an
 * option; `accept:` is the key of a record.
 */
export type NamesTable = Readonly<Record<string, NamesKind>>;
