import type { ComponentType } from 'preact'
import type { PreviewView } from '../../services/admin/schema-templates.ts'

/** A phone whose file may be looked at. */
export interface SeenPhone {
  readonly key: string
  readonly name: string
}

/** Where texts are kept: a box, or in an account a site or what all of its sites share. */
export interface TextsGround {
  /** Of the API: `/templates`. */
  readonly path: string
  readonly mayEdit: boolean
  /** Whether a text may be tried: checked, and seen in a file. */
  readonly mayTry: boolean
  /** The address of the list, of a vendor, or of one text. */
  link(vendor?: string, file?: string): string
  /** The vendors of the phones here. */
  readonly here: ReadonlySet<string>
  /** Phones of a vendor. */
  phones(vendor: string): readonly SeenPhone[]
  filesOf(phone: string): Promise<readonly string[]>
  preview(phone: string, wish: PreviewWish): Promise<PreviewView>
  /** A preview takes a way through a box far away: it is made when somebody asks for it, not at each letter. */
  readonly onDemand: boolean
  /** What to call whoever wrote a text. */
  nameOf(by: string): string
  readonly versions: ComponentType<VersionsProps>
}

export interface PreviewWish {
  readonly vendor: string
  readonly files: Readonly<Record<string, string>>
  readonly file?: string
}

export interface VersionsProps {
  readonly ground: TextsGround
  /** Of the text. */
  readonly path: string
  /** What is in the editor. */
  readonly now: string
  readonly restored: () => void
  /** Puts a text into the editor, to be put into use from there. */
  readonly bring: (text: string) => void
}
