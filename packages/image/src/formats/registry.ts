import type { FormatReader } from "./format.ts";
import { rawFormat } from "./raw/raw-format.ts";

/** Every format that can be read, in the order they are asked. Raw is last: it has no signature of its own. */
export const formatReaders: readonly FormatReader[] = [rawFormat];
