import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hasTool, toolPath } from '../../support/netns.ts'
import { listens } from '../lab.ts'
import type { Contender } from './contender.ts'

/** Files that a static server serves, by name. */
export type StaticFiles = ReadonlyMap<string, Uint8Array>

function write(folder: string, files: StaticFiles): string {
  mkdirSync(folder)
  for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes)
  return folder
}

export function tftpd(files: StaticFiles): Contender {
  return {
    name: 'tftpd-hpa',
    ...(hasTool('in.tftpd') ? {} : { missing: 'tftpd-hpa' }),
    start(lab) {
      const folder = write(lab.file('tftp'), files)
      return lab.serve(
        [toolPath('in.tftpd') ?? 'in.tftpd', '--foreground', '--user', 'root', '--address', ':69', '--secure', folder],
        (pid) => listens(pid, 'udp', 69),
      )
    },
  }
}

export function nginx(files: StaticFiles): Contender {
  return {
    name: 'nginx',
    ...(hasTool('nginx') ? {} : { missing: 'nginx' }),
    start(lab) {
      const folder = write(lab.file('www'), files)
      const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      const config = `user root;
worker_processes auto;
daemon off;
pid ${lab.file('nginx.pid')};
error_log ${lab.file('nginx-error.log')};
events { worker_connections 4096; }
http {
  access_log ${lab.file('nginx-access.log')};
  ${temp.map((name) => `${name}_temp_path ${lab.file(`nginx-${name}`)};`).join('\n  ')}
  sendfile on;
  keepalive_timeout 65;
  types { text/plain cfg; }
  server { listen 80 backlog=4096; root ${folder}; }
}
`
      return lab.serve(
        [toolPath('nginx') ?? 'nginx', '-e', lab.file('nginx-error.log'), '-c', lab.write('nginx.conf', config)],
        (pid) => listens(pid, 'tcp', 80),
      )
    },
  }
}

/** Two servers on one machine, as they would stand in for the box. */
export function together(name: string, parts: readonly Contender[]): Contender {
  const missing = parts.flatMap((part) => part.missing ?? []).join(', ')
  return {
    name,
    ...(missing === '' ? {} : { missing }),
    async start(lab) {
      for (const part of parts) await part.start(lab)
    },
  }
}
