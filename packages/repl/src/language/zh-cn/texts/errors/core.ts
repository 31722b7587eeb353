import type { KnownTexts } from "../../../known-texts.ts";

/** What the errors of what all rooms share say. */
export const coreErrorTexts: KnownTexts = {
  "unexpected value {value}": "意外的值 {value}",
  "reading {length} bytes at {offset} from {sizeBytes} bytes":
    "在共 {sizeBytes} 字节中，从偏移 {offset} 处读取 {length} 字节",
  "reading {length} bytes at {offset} into a buffer of {bufferBytes} from {sizeBytes} bytes":
    "从 {sizeBytes} 字节的 {offset} 处读取 {length} 字节到 {bufferBytes} 字节的缓冲区",
  "{what} is {value}, which no disk can have": "{what}为 {value}，任何磁盘都不可能如此",
  "cancelled on request": "已按要求取消",
  "unexpected {error}": "意外错误：{error}",
};
