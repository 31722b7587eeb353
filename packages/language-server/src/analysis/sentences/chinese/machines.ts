import { translationOf } from "@sampan/core";
import type { machines } from "../english/machines.ts";

export const chineseMachines = translationOf<typeof machines>()({
  "SMP120.too-many": "指定了 {count} 个磁盘：一个镜像只能有一个系统盘和 {most} 个数据盘（{source}）。",
  "SMP120.too-large":
    "磁盘 {name} 的大小为 {size}：镜像中的磁盘最大为 2,048 GiB（{source}）。请排除该磁盘或将其缩小。",
  "SMP120.vhd": "磁盘 {name} 的大小为 {size}：VHD 最大为 2,040 GiB。请使用 toRaw() 或 toQcow2()。",
  "SMP121.arm-bios": "ARM 镜像只能以 UEFI 启动：ECS 会拒绝 BIOS（InvalidBootMode.NotSupport）。",
  "SMP121.boot": "上次运行发现主机以 {host} 启动：以 {said} 启动的镜像无法启动。",
  "SMP121.architecture": "上次运行发现主机的架构为 {host}，而计划中镜像的架构为 {said}。",
  "SMP121.type": "{type} 为 {family} 架构，而镜像为 {architecture}：在该规格上无法启动。",
  "SMP121.of-image": "镜像的架构",
  "SMP122.stopped": "上次运行因 {rule} 停止：{message}。",
  "SMP122.mends": "prepare() 可用修复项 {fixup} 解决。",
  "SMP122.accept": "说明理由并接受 {rule}",
  "SMP123.unknown": "ImportImage 没有平台 {name}（依据 2025 年的参考文档）。",
  "SMP123.others": "其他 Linux 请使用 Others Linux。",
  "SMP123.found": "上次运行在主机上发现的是 {found}；若作为 {said} 导入，云会作出错误的适配。",
  "SMP124.own": '{platform} 须以自有许可证导入：云会拒绝为其使用 licenseType "Aliyun"。',
  "SMP124.nothing": "{platform} 不需要任何一方提供许可证：此处的 licenseType 不起作用。",
  "SMP124.platform": "平台为 {platform}",
});
