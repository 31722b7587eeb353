export { assertNever } from "./assert-never.ts";
export { assertRangeWithin, type ByteRange, cutIntoRanges, intersectRanges, rangeEnd } from "./byte-range.ts";
export { formatBytes, GiB, KiB, MiB, roundDown, roundUp, safeInteger, sectorBytes, TiB } from "./bytes.ts";
export { cancelledError, throwIfCancelled } from "./cancel.ts";
export { type Clock, type Random, systemClock } from "./clock.ts";
export { closestNames } from "./closest-names.ts";
export { combineCrc64 } from "./crc64/combine.ts";
export { Crc64, crc64 } from "./crc64/crc64.ts";
export {
  debugChannels,
  type ErrorNote,
  type HostCommandNote,
  hiddenPath,
  type RunEventNote,
  type SettingsNote,
  shownArguments,
} from "./debug-channels.ts";
export { defaultRegion } from "./default-region.ts";
export { exitCodes } from "./error-codes/exit-codes.ts";
export {
  type ErrorCode,
  type ErrorCodeEntry,
  type ExitCode,
  errorCodeEntry,
  errorCodes,
} from "./error-codes/index.ts";
export {
  asSampanError,
  type ErrorRecord,
  fromErrorRecord,
  isSampanError,
  SampanError,
  type SampanErrorOptions,
  toErrorRecord,
} from "./errors.ts";
export {
  type CloudIdentity,
  type EventBase,
  eventVersion,
  isFinalEvent,
  type Resource,
  type RunEvent,
  type RunEventBody,
  type RunEventOf,
  type RunEventType,
} from "./events.ts";
export type {
  Evidence,
  Finding,
  PatchChange,
  PatchNote,
  PatchRecord,
  RuleSource,
  Severity,
} from "./finding.ts";
export { inTurns } from "./in-turns.ts";
export type { Json, JsonObject } from "./json.ts";
export {
  type ArgumentsOf,
  fillMessage,
  type Messages,
  type MessageValue,
  type NamesIn,
  namesIn,
  translationOf,
  type ValuesOf,
} from "./message.ts";
export { maskSecrets, redactSecrets, secretMark, secretsIn } from "./redact-secrets.ts";
export { foldResources } from "./resources.ts";
export {
  defaultRetryPolicy,
  type RetryNotice,
  type RetryOptions,
  type RetryPolicy,
  retry,
  retryDelayMs,
} from "./retry.ts";
export { Secret } from "./secret.ts";
