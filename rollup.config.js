import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

// The page's bundle. Run by Bun: `bun --bun rollup -c`. TypeScript 7 has no interface for bundler plugins, so Bun's own
// transpiler and resolver do that part; types are checked by tsc.

const transpilers = { ts: transpiler('ts'), tsx: transpiler('tsx') }

function transpiler(loader) {
  return new Bun.Transpiler({
    loader,
    target: 'browser',
    // Without it the build is green and the page dies: `jsx_… is not defined`.
    autoImportJSX: true,
    tsconfig: { compilerOptions: { jsx: 'react-jsx', jsxImportSource: 'preact' } },
    define: { 'process.env.NODE_ENV': '"production"' },
  })
}

const typescript = {
  name: 'bun-typescript',
  transform(code, id) {
    const kind = /\.(tsx?)$/.exec(id)?.[1]
    return kind ? { code: transpilers[kind].transformSync(code), map: null } : null
  },
}

const packages = {
  name: 'bun-resolve',
  resolveId(source, importer) {
    if (source.startsWith('.') || source.startsWith('/') || !importer) return null
    // The development runtime is what the transpiler writes; the other has the same functions and is smaller.
    return Bun.resolveSync(source, importer)
  },
}

/** The one package that is no module; Bun makes one of it. */
const commonjs = {
  name: 'bun-commonjs',
  async load(id) {
    if (!/[\\/]jsqr[\\/]/.test(id)) return null
    const result = await Bun.build({ entrypoints: [id], target: 'browser', format: 'esm' })
    return { code: await result.outputs[0].text(), map: null }
  },
}

const minify = {
  name: 'bun-minify',
  async renderChunk(code, chunk) {
    const entry = `/${chunk.fileName.replaceAll('/', '-')}.js`
    const result = await Bun.build({
      entrypoints: [entry],
      files: { [entry]: code },
      minify: true,
      target: 'browser',
      // Other chunks, whose names are not settled yet.
      external: ['*'],
    })
    return { code: await result.outputs[0].text(), map: null }
  },
}

const hashOf = (text) => createHash('sha256').update(text).digest('hex').slice(0, 10)

/** In this order: later ones count. */
const STYLES = ['tokens', 'base', 'shell', 'kit', 'pages', 'tools']

/** The file that begins a face of the page, with its styles and what names them. */
function pageOf({ html, styles }) {
  const files = styles.map((name) => `style/${name}.css`)
  return {
    name: 'page',
    buildStart() {
      for (const file of [html, 'icon.svg', ...files])
        this.addWatchFile(new URL(`web/${file}`, import.meta.url).pathname)
    },
    generateBundle(_options, bundle) {
      const read = (name) => readFileSync(new URL(`web/${name}`, import.meta.url), 'utf8')
      const emit = (name, extension, source) => {
        const fileName = `${name}-${hashOf(source)}.${extension}`
        this.emitFile({ type: 'asset', fileName, source })
        return `/${fileName}`
      }
      const css = files
        .map(read)
        .join('\n')
        .replace(/\/\*[\s\S]*?\*\//g, '')
        .replace(/\s+/g, ' ')
      const entry = Object.values(bundle).find((chunk) => chunk.isEntry)
      const names = {
        script: `/${entry.fileName}`,
        style: emit('style', 'css', css),
        icon: emit('icon', 'svg', read('icon.svg')),
      }
      const source = read(html).replace(/%(script|style|icon)%/g, (_, name) => names[name])
      this.emitFile({ type: 'asset', fileName: 'index.html', source })
    },
    writeBundle({ dir }, bundle) {
      // Earlier builds' files have other hashes in their names; the programs would hold them all in memory.
      for (const name of readdirSync(dir))
        if (!(name in bundle)) rmSync(join(dir, name), { force: true, recursive: true })
    },
  }
}

/** One face: its own entry and folder, so that no program serves what only the other shows. */
function face({ input, dir, ...page }) {
  return {
    input,
    output: { dir, format: 'es', entryFileNames: 'page-[hash].js', chunkFileNames: 'part-[hash].js' },
    plugins: [packages, commonjs, typescript, minify, pageOf(page)],
  }
}

export default [
  face({ input: 'web/main.tsx', dir: 'dist/web', html: 'index.html', styles: STYLES }),
  face({ input: 'web/cloud/main.tsx', dir: 'dist/web-cloud', html: 'cloud/index.html', styles: [...STYLES, 'cloud'] }),
]
