import type { VendorRow } from '../../services/admin/schema-templates.ts'

export type TemplateRow = VendorRow['files'][number]
