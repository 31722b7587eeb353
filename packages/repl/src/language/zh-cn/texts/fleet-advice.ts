import type { KnownTexts } from "../../known-texts.ts";

/** What the dry run of a fleet advises, bills and assumes. */
export const fleetAdviceTexts: KnownTexts = {
  // Advice, and whose it is.
  "The line is busy for {sendingHours} h, more than {hoursPerSite} h: many large hosts behind a poor network. Set services up anew on ECS and synchronise their files; send images of hosts that nobody could set up again.":
    "线路将占用 {sendingHours} 小时，超过 {hoursPerSite} 小时：主机多而大，网络条件差。请在 ECS 上重新部署服务并同步文件；只有无法重新部署的主机才以镜像迁移。",
  "A line of {needed} would do it in {hoursPerSite} h: more bandwidth for that time, or a leased line (Express Connect).":
    "若线路为 {needed}，可在 {hoursPerSite} 小时内完成：可在此期间增加带宽，或使用专线（高速通道）。",
  "{sentBytes} can travel on devices (the vendor's Data Transport, Lightning Cube) into the bucket. Sampan does not drive them: `sampan convert` writes the images, and what has arrived is imported by hand.":
    "{sentBytes} 可通过设备运入 Bucket（厂商的离线迁移服务闪电立方）。Sampan 不操作这类设备：镜像由 `sampan convert` 写出，到达后需手动导入。",
  "{names} and {rest} more would be at rest for more than {hoursPerHost} h. Send the system disk as an image, and let the data follow by file synchronisation; or cut over with `--refresh`, which sends only what changed.":
    "{names} 以及另外 {rest} 台主机的停顿时间将超过 {hoursPerHost} 小时。请以镜像迁移系统盘，数据通过文件同步跟进；或使用 `--refresh` 割接，只发送变化的部分。",
  "{names} would be at rest for more than {hoursPerHost} h. Send the system disk as an image, and let the data follow by file synchronisation; or cut over with `--refresh`, which sends only what changed.":
    "{names} 的停顿时间将超过 {hoursPerHost} 小时。请以镜像迁移系统盘，数据通过文件同步跟进；或使用 `--refresh` 割接，只发送变化的部分。",
  "The host is sent within {hoursPerSite} h, and at rest for no more than {hoursPerHost} h: images serve well.":
    "该主机可在 {hoursPerSite} 小时内发送完毕，停顿不超过 {hoursPerHost} 小时：适合镜像迁移。",
  "All hosts are sent within {hoursPerSite} h, and none is at rest for more than {hoursPerHost} h: images serve well.":
    "所有主机可在 {hoursPerSite} 小时内发送完毕，每台停顿不超过 {hoursPerHost} 小时：适合镜像迁移。",
  "whitepaper, 5.1": "白皮书 5.1",
  "Sampan; the whitepaper names no other way": "Sampan；白皮书未提及其他方式",
  // What is billed.
  "{count} object in bucket {bucket}, until they are deleted":
    "Bucket {bucket} 中的 {count} 个对象，直至删除",
  "{count} objects in bucket {bucket}, until they are deleted":
    "Bucket {bucket} 中的 {count} 个对象，直至删除",
  "{what} in bucket {bucket}, until they are deleted": "Bucket {bucket} 中的{what}，直至删除",
  "requests to send the parts into bucket {bucket}": "向 Bucket {bucket} 上传分片的请求",
  "the snapshots behind {count} image in {region}, until images and snapshots are deleted":
    "{region} 的 {count} 个镜像的快照，直至镜像和快照均被删除",
  "the snapshots behind {count} images in {region}, until images and snapshots are deleted":
    "{region} 的 {count} 个镜像的快照，直至镜像和快照均被删除",
  "the snapshots behind {what} in {region}, until images and snapshots are deleted":
    "{region} 的{what}的快照，直至镜像和快照均被删除",
  "{count} image copied from {from} to {region}: traffic between regions":
    "{count} 个镜像从 {from} 复制到 {region}：地域间流量",
  "{count} images copied from {from} to {region}: traffic between regions":
    "{count} 个镜像从 {from} 复制到 {region}：地域间流量",
  "{what} copied from {from} to {region}: traffic between regions":
    "{what}从 {from} 复制到 {region}：地域间流量",
  "{count} instance that Image Builder works on, while it does":
    "Image Builder 工作期间使用的 {count} 个实例",
  "{count} instances that Image Builder works on, while it does":
    "Image Builder 工作期间使用的 {count} 个实例",
  "{count} instance with their disks, until they are deleted": "{count} 个实例及其磁盘，直至删除",
  "{count} instances with their disks, until they are deleted": "{count} 个实例及其磁盘，直至删除",
  // What is scarce.
  "line of {name}": "{name} 的线路",
  "hosts at once at {name}": "{name} 同时迁移的主机数",
  "hosts at once": "同时迁移的主机数",
  "imports in {name}": "{name} 的导入",
  "copies to {name}": "向 {name} 的复制",
  "hosts that wait for each other, up to {name}": "相互等待的主机，直到 {name}",
  "blackouts at {name}": "{name} 的禁止时段",
  // What is assumed.
  "an assumption; nothing is published": "假设值；厂商未公布",
  "disks of a host whose size the inventory does not know; the system disk ECS makes by itself":
    "清单中未给出大小的主机的磁盘；取 ECS 默认系统盘大小",
  "line of a site whose bandwidth the policy does not say: 100 Mbit/s":
    "策略中未给出带宽的站点的线路：100 Mbit/s",
  "what one host alone can be read at: a gigabit port, less its overhead":
    "单台主机的读取速率：千兆网口扣除开销",
  "what ECS imports of a disk, free space included; {reason}": "ECS 导入磁盘的速率，含空闲空间；{reason}",
  "what ECS copies of an image between regions of the Chinese mainland; {reason}":
    "ECS 在中国内地地域之间复制镜像的速率；{reason}",
  "what ECS copies of an image between regions of which one is elsewhere; {reason}":
    "ECS 在其他地域之间复制镜像的速率；{reason}",
  "what ECS makes of an instance's snapshots and image; {reason}": "ECS 为实例创建快照和镜像的速率；{reason}",
  "an instance until it runs, as the forecast of a single plan takes it":
    "实例启动至运行的时间，与单个计划的预测相同",
  "a guest until it has proved itself; {reason}": "客户机系统通过验证的时间；{reason}",
  "looking at a host and its guest; {reason}, hosts differ": "查看主机及其客户机系统；{reason}，因主机而异",
  "fix-ups on the copy; {reason}, hosts differ": "在副本上执行修复项；{reason}，因主机而异",
  "fix-ups on the machine; {reason}, hosts differ": "在主机上执行修复项；{reason}，因主机而异",
  "holding a moment of the disks, or letting go of it; {reason}": "保持或释放磁盘时间点；{reason}",
  "finding what of a disk is in use, and laying its image out; {reason}":
    "查找磁盘已用部分并规划镜像布局；{reason}",
  "a stage that only asks the cloud a few questions": "只向云端查询少量信息的阶段",
  "copies at the same time in a region; more wait in the cloud's queue (vendor's reference of CopyImage)":
    "一个地域内同时进行的复制数；更多的在云端排队（厂商 CopyImage 文档）",
  "imports at the same time in a region; {reason}": "一个地域内同时进行的导入数；{reason}",
};
