import type { KnownTexts } from "../../../known-texts.ts";

/** What the errors of the simulator say. */
export const simulatorErrorTexts: KnownTexts = {
  "listening on {host} port {port}": "监听 {host} 的端口 {port}",
  "making the simulator's user {userName}": "创建模拟器的用户 {userName}",
  "there is no system policy {name}": "没有系统权限策略 {name}",
  "the key {accessKeyId} is that of {arn}": "AccessKey {accessKeyId} 属于 {arn}",
  "there is another policy {policyName}": "已有另一个权限策略 {policyName}",
  "opening disk {number} of image {imageId}, which the simulator lacks":
    "打开镜像 {imageId} 的磁盘 {number}：模拟器中没有该镜像",
  "opening the simulator folder": "打开模拟器的目录",
  "{blob} has {sizeBytes} bytes of at least {neededBytes}":
    "{blob} 为 {sizeBytes} 字节，至少应为 {neededBytes} 字节",
  "opening the simulator folder: {blob} is gone": "打开模拟器的目录：{blob} 已不存在",
  "opening the simulator folder {folder}, which is of another version":
    "打开模拟器的目录 {folder}：其版本不同",
  "reading the simulator's record {path}, which is not the record it should be":
    "读取模拟器的记录 {path}：它不是应有的记录",
  "reading the simulator's record {path}, which is not JSON": "读取模拟器的记录 {path}：它不是 JSON",
  "reading the simulator's record {path}, which is no record": "读取模拟器的记录 {path}：它不是记录",
  "opening the simulator folder {folder}, which process {pid} serves at {endpoint}":
    "打开模拟器的目录 {folder}：进程 {pid} 正在 {endpoint} 提供它",
  "opening the simulator folder {folder}, which process {pid} serves at an endpoint not known yet":
    "打开模拟器的目录 {folder}：进程 {pid} 正在提供它，Endpoint 尚未可知",
  "claiming the simulator folder {folder}": "占用模拟器的目录 {folder}",
  "its lock keeps changing": "其锁一直在变化",
  "{name} is no switch of the simulator": "{name} 不是模拟器的开关",
  "it has {switches}": "可用的有 {switches}",
  "the switch {name} takes {choices}, not {value}": "开关 {name} 的取值应为 {choices}，而不是 {value}",
  "the switch {name} takes true or false, not {value}":
    "开关 {name} 的取值应为 `true` 或 `false`，而不是 {value}",
  "the switch {name} cannot be set to {value} by a text": "开关 {name} 不能由文本设为 {value}",
};
