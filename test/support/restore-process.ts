import { DISK, type Disk, settle } from '../../services/backup/swap.ts'

// Settles a data folder and kills itself, as a power cut would, once so many changes of the disk are done.
const [folder = '', count = '0'] = process.argv.slice(2)
let left = Number(count)
const cut = () => {
  if (left-- <= 0) process.kill(process.pid, 'SIGKILL')
}
const disk: Disk = {
  rename(from, to) {
    cut()
    DISK.rename(from, to)
  },
  remove(path) {
    cut()
    DISK.remove(path)
  },
  write(path, text) {
    cut()
    DISK.write(path, text)
  },
}
settle(folder, 1_000, disk)
