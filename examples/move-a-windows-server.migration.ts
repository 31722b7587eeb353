// Moves a Windows server, physical or not, by Disk2VHD into a share. Run: sampan run move-a-windows-server.migration.ts
//
// Put Disk2VHD on the server yourself, and read its licence. The password comes from the variable WINDOWS_PASSWORD.
import { Migration } from "sampan";

export default Migration.from({
  kind: "winrm",
  host: "win-01",
  user: "Administrator",
  passwordFrom: { env: "WINDOWS_PASSWORD" },
})
  .assess()
  .capture({
    tool: "disk2vhd",
    share: { onHost: "\\\\convert-01\\VHD_DIR", here: "/srv/vhd" },
    program: "C:\\Tools\\disk2vhd64.exe",
    acceptLicence: true,
  })
  .toVhd()
  .upload("moved-windows", { createBucket: true })
  .import({ name: "win-01", createRole: true });
