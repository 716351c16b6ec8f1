import { spawnSync } from 'node:child_process'
import { appendFileSync, closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { InvariantError } from '../../services/core/errors.ts'
import { type Namespaces, toolPath } from '../support/netns.ts'

/** Where the boot partition begins in every image (image/steps/disk.sh). */
const ESP_OFFSET = 2 * 1024 * 1024

export interface MachineOptions {
  readonly lab: Namespaces
  /** The namespace in which the machine's network card is plugged into the switch `lan`. */
  readonly namespace: string
  readonly folder: string
  /** A disk image; it is copied, and the copy is grown to `diskBytes`. */
  readonly image: string
  readonly arch?: 'amd64' | 'arm64'
  readonly firmware?: 'uefi' | 'bios'
  readonly diskBytes?: number
  readonly memoryMb?: number
  /** A USB stick with FAT that is plugged in, with these folders on it. */
  readonly stick?: readonly string[]
}

/** A box in QEMU. Its disk outlives `cut`, so that the next `start` is the same box again. */
export class Machine implements AsyncDisposable {
  readonly disk: string
  /** What stood on its serial console since the last start, without the terminal's own codes. */
  serial = ''
  readonly #options: MachineOptions
  readonly #monitor: string
  #child: Bun.Subprocess<'pipe', 'pipe', 'pipe'> | undefined
  #reading: Promise<unknown> = Promise.resolve()
  #startedAt = 0

  constructor(options: MachineOptions) {
    this.#options = options
    this.#monitor = join(options.folder, 'monitor')
    this.disk = join(options.folder, 'disk.img')
    run('cp', '--sparse=always', options.image, this.disk)
    run('truncate', `--size=${options.diskBytes ?? 2 * 1024 ** 3}`, this.disk)
    if (options.stick === undefined) return
    run('truncate', '--size=192M', this.#stick)
    run('mformat', '-F', '-i', this.#stick, '::')
    for (const name of options.stick) run('mmd', '-i', this.#stick, `::${name}`)
  }

  get #stick(): string {
    return join(this.#options.folder, 'stick.img')
  }

  /** The names in a folder of the stick, as the host reads it meanwhile. */
  stickHolds(folder: string): string {
    const env = { ...process.env, MTOOLS_SKIP_CHECK: '1' }
    const args = ['-b', '-i', this.#stick, `::${folder}`]
    return spawnSync(toolPath('mdir') ?? 'mdir', args, { encoding: 'utf8', env }).stdout
  }

  /** Puts a file onto the boot partition's folder `branchline`, as a person does with a card reader. */
  put(name: string, text: string): void {
    const file = join(this.#options.folder, name)
    const handle = openSync(file, 'w')
    writeSync(handle, text)
    closeSync(handle)
    run('mcopy', '-o', '-i', `${this.disk}@@${ESP_OFFSET}`, file, `::branchline/${name}`)
    rmSync(file)
  }

  /** Switches the machine on. */
  async start(): Promise<void> {
    const { lab, namespace } = this.#options
    if (this.#child !== undefined) throw new InvariantError('the machine is on')
    await lab.ip(namespace, 'link', 'set', 'tap0', 'up')
    this.serial = ''
    this.#startedAt = performance.now()
    const child = lab.start(namespace, this.#command())
    this.#child = child
    this.#reading = Promise.all([
      drain(child.stdout, (text) => {
        this.serial += text
        // For whoever looks on while a test runs.
        appendFileSync(join(this.#options.folder, 'serial.log'), text)
      }),
      drain(child.stderr, (text) => {
        this.serial += text
      }),
    ])
  }

  /** Seconds since it was switched on. */
  get seconds(): number {
    return (performance.now() - this.#startedAt) / 1000
  }

  get isOn(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null
  }

  /** Types on its serial console. */
  async type(text: string): Promise<void> {
    void this.#child?.stdin.write(text)
    await this.#child?.stdin.flush()
  }

  /** Waits until its console shows something. Throws with the end of what it shows when that takes too long. */
  async shows(pattern: RegExp, patienceMs: number): Promise<RegExpExecArray> {
    const end = performance.now() + patienceMs
    for (;;) {
      const match = pattern.exec(this.serial)
      if (match !== null) return match
      if (!this.isOn) throw new InvariantError(`the machine went off:\n${this.serial.slice(-2000)}`)
      if (performance.now() > end)
        throw new InvariantError(
          `not on its console within ${patienceMs / 1000} s: ${pattern}\n${this.serial.slice(-3000)}`,
        )
      await Bun.sleep(100)
    }
  }

  /** Presses its power button, and waits until it has gone off by itself. */
  async pressPower(): Promise<void> {
    const socket = await Bun.connect({ unix: this.#monitor, socket: { data() {} } })
    socket.write('system_powerdown\n')
    await this.#child?.exited
    socket.end()
    await this.#reading
    this.#child = undefined
  }

  /** Copies its disk as a cut at this instant would leave it; the machine stands still meanwhile and goes on then. */
  copyDisk(target: string): void {
    this.#child?.kill('SIGSTOP')
    try {
      run('cp', '--sparse=always', this.disk, target)
    } finally {
      this.#child?.kill('SIGCONT')
    }
  }

  /** Pulls its plug. What it wrote to the disk so far is there, nothing else. */
  async cut(): Promise<void> {
    this.#child?.kill('SIGKILL')
    await this.#child?.exited
    await this.#reading
    this.#child = undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cut()
    rmSync(this.disk, { force: true })
    rmSync(join(this.#options.folder, 'firmware.fd'), { force: true })
  }

  #command(): string[] {
    const { arch = 'amd64', firmware = 'uefi', memoryMb = 512 } = this.#options
    const system = arch === 'amd64' ? 'qemu-system-x86_64' : 'qemu-system-aarch64'
    const machine = arch === 'amd64' ? 'q35' : 'virt'
    return [
      toolPath(system) ?? system,
      ...['-machine', machine, ...accelerator(arch), '-smp', String(isEmulated(arch) ? 1 : 2), '-m', String(memoryMb)],
      ...(firmware === 'uefi' ? this.#firmware(arch) : []),
      // Flushing to the host's own disk is left out: pulling this plug loses nothing that the machine has written.
      ...['-drive', `file=${this.disk},format=raw,if=virtio,cache=unsafe`],
      ...['-netdev', 'tap,id=lan,ifname=tap0,script=no,downscript=no'],
      ...['-device', `virtio-net-pci,netdev=lan,mac=52:54:00:00:53:01,addr=0x10,romfile=`],
      ...(arch === 'amd64' ? ['-device', 'i6300esb'] : []),
      ...(this.#options.stick === undefined ? [] : usbStick(this.#stick)),
      ...['-display', 'none', '-monitor', `unix:${this.#monitor},server=on,wait=off`, '-serial', 'stdio'],
    ]
  }

  #firmware(arch: 'amd64' | 'arm64'): string[] {
    if (arch === 'arm64') return ['-bios', '/usr/share/qemu-efi-aarch64/QEMU_EFI.fd']
    // The box boots by the removable path, so that the firmware's own memory is of no use to it.
    return ['-drive', 'if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd']
  }
}

function usbStick(file: string): string[] {
  const drive = `if=none,id=stick,file=${file},format=raw,cache=unsafe`
  return ['-device', 'qemu-xhci,addr=0x11', '-drive', drive, '-device', 'usb-storage,drive=stick,removable=on']
}

/**
 * KVM only on processors that have it themselves: a device file alone may lead to an emulation that starts no kernel.
 * Without, each virtual processor is translated in a thread of its own.
 */
function accelerator(arch: 'amd64' | 'arm64'): string[] {
  const kvm =
    arch === 'amd64' &&
    process.arch === 'x64' &&
    statSync('/dev/kvm', { throwIfNoEntry: false }) !== undefined &&
    /^flags\s*:.*\b(vmx|svm)\b/m.test(readFileSync('/proc/cpuinfo', 'utf8'))
  if (kvm) return ['-accel', 'kvm', '-cpu', 'host']
  // The processor of a Raspberry Pi 4: newer ones sign pointers, which takes most of the time when it is emulated.
  return ['-accel', 'tcg,thread=multi', '-cpu', arch === 'amd64' ? 'max' : 'cortex-a72']
}

/** Whether machines here run at their own speed; else every wait is many times as long. */
export function isEmulated(arch: 'amd64' | 'arm64' = 'amd64'): boolean {
  return !accelerator(arch).includes('kvm')
}

function run(tool: string, ...args: readonly string[]): void {
  const env = { ...process.env, MTOOLS_SKIP_CHECK: '1' }
  const ended = spawnSync(toolPath(tool) ?? tool, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8', env })
  if (ended.status !== 0) throw new InvariantError(`${tool} ${args.join(' ')}: ${ended.stderr ?? String(ended.error)}`)
}

async function drain(stream: ReadableStream<Uint8Array>, take: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder()
  // Cursor moves and colours, so that a text can be found that was drawn in parts.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the terminal's own codes
  const codes = /\u001b(?:\[[0-9;?!]*[A-Za-z]|c|[()][A-Z0-9])/g
  for await (const chunk of stream)
    take(decoder.decode(chunk, { stream: true }).replaceAll(codes, '').replaceAll('\r', ''))
}
