import type { VendorRow } from '../../services/admin/schema-templates.ts'

/** In an account, at a site: `shared` is the account's own. */
export type TemplateRow = VendorRow['files'][number] & { readonly own?: { readonly shared?: boolean } | undefined }
