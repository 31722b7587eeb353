import type { KnownTexts } from "../../known-texts.ts";

/** What fix-ups tell of what they left as it is. */
export const fixupNoteTexts: KnownTexts = {
  "cloud-init is too old to know ECS, so it keeps the sources it has":
    "cloud-init 版本过旧，不支持 ECS，因此保留其原有的数据源",
  "the first interface is configured as eth0, but no list of kernel arguments was found to put net.ifnames=0 into: its name on ECS is not sure":
    "第一个接口以 eth0 之名配置，但没有找到可加入 net.ifnames=0 的内核参数列表：其在 ECS 上的名称无法确定",
  "LILO boots this guest; its map cannot be made anew from outside, so its root= stays as it is":
    "该客户机系统由 LILO 引导；无法从外部重新生成其映射，因此其 root= 保持不变",
  "{path} names the root {device}, for which no lasting name was found":
    "{path} 以 {device} 指定根文件系统，没有找到与之对应的固定名称",
  "NetworkManager stays on, for nothing else that is installed can bring the network up by DHCP (ifupdown, the script `network` with dhclient, or systemd-networkd)":
    "NetworkManager 保持开启：已安装的其他程序（ifupdown、使用 dhclient 的 `network` 脚本，或 systemd-networkd）都无法通过 DHCP 启用网络",
  "netplan configures several interfaces; only the first network card is kept, by DHCP":
    "netplan 配置了多个接口；只保留第一块网卡，并使用 DHCP",
  "/etc/fstab stays as it is: its root is not among the volumes that were found, so what lies on other disks cannot be told":
    "/etc/fstab 保持不变：其根文件系统不在找到的卷之中，因此无法判断哪些内容位于其他磁盘",
  "{mountPoint} is mounted from {device}, which is not on the migrated disk; it stays in /etc/fstab, for the host needs it":
    "{mountPoint} 从 {device} 挂载，而该设备不在所迁移的磁盘上；由于主机需要它，该项保留在 /etc/fstab 中",
  "NetworkManager stays on: {services}": "NetworkManager 保持开启：{services}",
  "NetworkManager stays on: the script `network` cannot be had started at boot":
    "NetworkManager 保持开启：无法使 `network` 脚本开机启动",
  '/etc/hosts.deny says "{denied}": it may keep you out on ECS, and was left as it is':
    "/etc/hosts.deny 中有“{denied}”：可能使您无法访问 ECS 上的实例；该内容保持不变",
  "the SSH server listens on {address}, which nothing outside reaches; that was left as it is":
    "SSH 服务监听 {address}，外部无法访问该地址；该设置保持不变",
};
