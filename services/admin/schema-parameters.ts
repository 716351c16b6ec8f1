import { z } from '@hono/zod-openapi'

/** Where a rendered parameter comes from. */
const Origin = z
  .object({
    what: z.string().openapi({
      description: 'A setting, a part of the record (`line 1 user`, `keys`), a raw parameter, or the device itself.',
      example: 'sip.server',
    }),
    layer: z.string().optional().openapi({ description: 'Absent when nobody gave it, or when it is no setting.' }),
    of: z.string().optional(),
  })
  .openapi('ParameterOrigin')

export const ParameterView = z
  .object({
    name: z.string(),
    value: z.string().optional().openapi({ description: 'As it stands in the file; absent for a secret.' }),
    secret: z.boolean(),
    from: z.array(Origin).openapi({ description: 'Empty: the template alone says it.' }),
    template: z
      .string()
      .optional()
      .openapi({ description: 'Where a template writes it.', example: 'yealink/device.cfg.liquid:7' }),
  })
  .openapi('RenderedParameter')

export const ParametersView = z
  .object({ files: z.array(z.object({ file: z.string(), parameters: z.array(ParameterView) })) })
  .openapi('RenderedParameters')
export type ParametersView = z.infer<typeof ParametersView>
