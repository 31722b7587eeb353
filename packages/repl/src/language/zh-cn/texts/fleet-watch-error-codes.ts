import type { KnownTexts } from "../../known-texts.ts";

/** Meanings and cures of the error codes of what shows a fleet: dashboard and metrics. */
export const fleetWatchErrorCodeTexts: KnownTexts = {
  "The dashboard of the queues needs packages that are not installed with Sampan.":
    "队列看板需要的软件包没有随 Sampan 一起安装。",
  "Install them beside it: `npm install @bull-board/api@9 @bull-board/express@9 express@5`.":
    "请在 Sampan 旁安装：`npm install @bull-board/api@9 @bull-board/express@9 express@5`。",
  "A page for this machine's users was to be served at an address that other machines reach.":
    "仅供本机用户使用的页面，被要求在其他机器可以访问的地址上提供。",
  "Leave the address at 127.0.0.1, and reach it from elsewhere through a tunnel: `ssh -L 8080:127.0.0.1:8080 HOST`.":
    "请将地址保持为 127.0.0.1，从其他机器访问时使用隧道：`ssh -L 8080:127.0.0.1:8080 HOST`。",
  "The address at which a dashboard or metrics were to be served could not be listened at.":
    "无法在指定的地址上监听以提供看板或指标。",
  "Give another port, or end what listens there.": "请指定其他端口，或结束占用该端口的程序。",
};
