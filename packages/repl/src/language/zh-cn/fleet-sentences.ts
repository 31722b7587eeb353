import { translationOf } from "@sampan/core";
import type { fleetSentences } from "@sampan/fleet";

const guess = "假设值；厂商未公布";

/** What the dry run and the simulation of a fleet say. */
export const chineseFleetSentences = translationOf<typeof fleetSentences>()({
  "own-words": "{words}",
  "whose.whitepaper": "白皮书 5.1",
  "whose.own": "Sampan；白皮书未提及其他方式",

  "advice.redeploy":
    "线路将占用 {sendingHours} 小时，超过 {hoursPerSite} 小时：主机多而大，网络条件差。请在 ECS 上重新部署服务并同步文件；只有无法重新部署的主机才以镜像迁移。",
  "advice.faster-line":
    "若线路为 {needed}，可在 {hoursPerSite} 小时内完成：可在此期间增加带宽，或使用专线（高速通道）。",
  "advice.offline":
    "{sentBytes} 可通过设备运入 Bucket（厂商的离线迁移服务闪电立方）。Sampan 不操作这类设备：镜像由 `sampan convert` 写出，到达后需手动导入。",
  "advice.file-sync":
    "{names} 的停顿时间将超过 {hoursPerHost} 小时。请以镜像迁移系统盘，数据通过文件同步跟进；或使用 `--refresh` 割接，只发送变化的部分。",
  "advice.file-sync-more":
    "{names} 以及另外 {rest} 台主机的停顿时间将超过 {hoursPerHost} 小时。请以镜像迁移系统盘，数据通过文件同步跟进；或使用 `--refresh` 割接，只发送变化的部分。",
  "advice.image": "该主机可在 {hoursPerSite} 小时内发送完毕，停顿不超过 {hoursPerHost} 小时：适合镜像迁移。",
  "advice.images":
    "所有主机可在 {hoursPerSite} 小时内发送完毕，每台停顿不超过 {hoursPerHost} 小时：适合镜像迁移。",

  "billed.objects": "Bucket {bucket} 中的 {objects} 个对象，直至删除",
  "billed.requests": "向 Bucket {bucket} 上传分片的请求",
  "billed.snapshots": "{region} 的 {images} 个镜像的快照，直至镜像和快照均被删除",
  "billed.copies": "{images} 个镜像从 {from} 复制到 {to}：地域间流量",
  "billed.builders": "Image Builder 工作期间使用的 {instances} 个实例",
  "billed.launched": "{instances} 个实例及其磁盘，直至删除",

  "assumed.diskBytes": "清单中未给出大小的主机的磁盘；取 ECS 默认系统盘大小",
  "assumed.siteBytesPerSecond": "策略中未给出带宽的站点的线路：100 Mbit/s",
  "assumed.hostBytesPerSecond": "单台主机的读取速率：千兆网口扣除开销",
  "assumed.importBytesPerSecond": `ECS 导入磁盘的速率，含空闲空间；${guess}`,
  "assumed.copyBytesPerSecond": `ECS 在中国内地地域之间复制镜像的速率；${guess}`,
  "assumed.farCopyBytesPerSecond": `ECS 在其他地域之间复制镜像的速率；${guess}`,
  "assumed.snapshotBytesPerSecond": `ECS 为实例创建快照和镜像的速率；${guess}`,
  "assumed.launchSeconds": "实例启动至运行的时间，与单个计划的预测相同",
  "assumed.verifySeconds": `客户机系统通过验证的时间；${guess}`,
  "assumed.assessSeconds": `查看主机及其客户机系统；${guess}，因主机而异`,
  "assumed.prepareSeconds": `在副本上执行修复项；${guess}，因主机而异`,
  "assumed.prepareHostSeconds": `在主机上执行修复项；${guess}，因主机而异`,
  "assumed.momentSeconds": `保持或释放磁盘时间点；${guess}`,
  "assumed.layoutSeconds": `查找磁盘已用部分并规划镜像布局；${guess}`,
  "assumed.callSeconds": "只向云端查询少量信息的阶段",
  "assumed.copiesAtOnce": "一个地域内同时进行的复制数；更多的在云端排队（厂商 CopyImage 文档）",
  "assumed.importsAtOnce": `一个地域内同时进行的导入数；${guess}`,

  "simulated.now": "当前时刻",
  "simulated.as-told": "由调用者给出",
  "simulated.none-fails": "未指定时没有主机失败",
  "simulated.failures": "由调用者给出；由种子 {seed} 抽取哪些主机在哪个阶段失败",
  "simulated.policy": "来自策略",

  "limits.bandwidth": "{site} 的线路减慢了上传",
  "limits.imports": "{region} 的导入需相互等待，最多 {waiting} 个",
  "limits.copies": "向 {region} 的复制需相互等待，最多 {waiting} 个",
  "limits.hosts-per-site": "{site} 同时迁移的主机已达上限，其余等待",
  "limits.blackout": "{site} 的主机等待禁止时段结束",
  "limits.hosts-at-once": "机群同时迁移的主机已达上限，其余等待",
  "limits.canaries": "主机等待其批次的先行主机",
});
