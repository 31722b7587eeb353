import net, { type AddressInfo } from "node:net";
import tls from "node:tls";

/**
 * A certificate of its own for tests, valid 2020 to 2120 for this machine and the vendor's host names,
 * with its key. Nobody trusts it unless told to.
 */
export const testCertificate = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBszCCAVmgAwIBAgIBBDAKBggqhkjOPQQDAjAiMSAwHgYDVQQDDBdTYW1wYW4g
dGVzdCBjZXJ0aWZpY2F0ZTAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAw
MFowIjEgMB4GA1UEAwwXU2FtcGFuIHRlc3QgY2VydGlmaWNhdGUwWTATBgcqhkjO
PQIBBggqhkjOPQMBBwNCAAQTTd0rAyLdYebvvrWBazbtm+pIBaYSZZLKsQUB+rDF
rzTtSo3dBcHvodRwFblXAfOi+yxCoye1jypSb0B2PgITo34wfDAPBgNVHRMBAf8E
BTADAQH/MEoGA1UdEQRDMEGCCWxvY2FsaG9zdIcEfwAAAYIOKi5hbGl5dW5jcy5j
b22CHioub3NzLWNuLWhhbmd6aG91LmFsaXl1bmNzLmNvbTAdBgNVHQ4EFgQUsJp6
Wj7SX8yvgITE5pyAi+14nw8wCgYIKoZIzj0EAwIDSAAwRQIhAJx0GRt114ArPfAM
nET0bokq/N1sG0fE+yA14fzKhLyMAiAGdNSe+f1HngIjNmtxMEmRNHntMjsFOj9P
rf7qg3ZUsw==
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgSEdgkPVZ9cVsdhtm
9t1vEPUhMDyfBQ9XVzK9IWEs4XWhRANCAAQTTd0rAyLdYebvvrWBazbtm+pIBaYS
ZZLKsQUB+rDFrzTtSo3dBcHvodRwFblXAfOi+yxCoye1jypSb0B2PgIT
-----END PRIVATE KEY-----
`,
};

/** Something that listens on loopback. */
export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

/** Puts TLS, with the certificate of tests, before a server on loopback that has none. */
export async function tlsBefore(port: number): Promise<Listening> {
  const server = tls.createServer(testCertificate, (socket) => {
    const behind = net.connect(port, "127.0.0.1");
    socket.on("error", () => behind.destroy()).pipe(behind);
    behind.on("error", () => socket.destroy()).pipe(socket);
  });
  return listening(server);
}

/** Listens on a free port of loopback; closing cuts every connection. */
export async function listening(server: net.Server): Promise<Listening> {
  const sockets = new Set<net.Socket>();
  server.on("connection", (socket: net.Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
