import type { ExplainView, JourneyView } from '../../services/admin/schema.ts'
import type { ParametersView } from '../../services/admin/schema-parameters.ts'
import { NotFoundError } from '../../services/core/errors.ts'
import { formatMac } from '../../services/core/mac.ts'
import { type BoxClient, clientFor } from './client.ts'
import { type Command, EXIT, macAt } from './command.ts'
import { parametersText } from './explain-parameters.ts'
import { table } from './usage.ts'

export const explainCommand: Command = {
  name: 'explain',
  words: 'MAC',
  most: 1,
  help: 'tell a device’s story: who it is, each effective setting and its layer, its journey, its verdict',
  flags: [
    { name: 'all', help: 'built-in defaults too' },
    {
      name: 'parameters',
      help: 'instead: each parameter of its files, back to the setting and layer that it comes from',
    },
  ],
  async run(invocation) {
    const mac = macAt(invocation, 0)
    const client = clientFor(invocation)
    if (invocation.flags.parameters !== undefined) {
      const parameters = (await client.json('GET', `/api/v1/devices/${mac}/parameters`)) as ParametersView
      invocation.terminal.out(invocation.json ? `${JSON.stringify(parameters)}\n` : parametersText(parameters))
      return EXIT.ok
    }
    const explanation = (await client.json('GET', `/api/v1/devices/${mac}/explain`)) as ExplainView
    const journey = await journeyOf(client, mac)
    if (explanation.device === undefined && journey === undefined)
      throw new NotFoundError(`no device ${formatMac(mac)}, and none such was ever seen here`)
    if (invocation.json) invocation.terminal.out(`${JSON.stringify({ ...explanation, journey })}\n`)
    else invocation.terminal.out(storyOf(explanation, journey, invocation.flags.all !== undefined))
    return EXIT.ok
  },
}

async function journeyOf(client: BoxClient, mac: string): Promise<JourneyView | undefined> {
  try {
    return (await client.json('GET', `/api/v1/journeys/${mac}`)) as JourneyView
  } catch (thrown) {
    if (thrown instanceof NotFoundError) return undefined
    throw thrown
  }
}

function storyOf(explanation: ExplainView, journey: JourneyView | undefined, all: boolean): string {
  const { identity, verdict } = explanation
  const seen = [identity.vendor ?? 'unknown vendor', identity.model, identity.firmware].filter(
    (part) => part !== undefined,
  )
  const sections = [
    `${explanation.mac}: ${verdict.text}\n${verdict.advice === undefined ? '' : `  do: ${verdict.advice}\n`}`,
    section(`who it is: ${seen.join(' ')}`, table(identity.used.map(({ source, text }) => [`  ${source}`, text]))),
    explanation.device === undefined ? 'it is not among the devices of this box\n' : '',
    explanation.closed === undefined
      ? ''
      : `held back: ${explanation.closed}\n  do: branchline devices allow ${explanation.mac}\n`,
    section(
      'settings, and where each comes from:',
      table(
        explanation.settings
          .filter((setting) => all || setting.layer !== 'built-in')
          .flatMap(({ name, value, secret, layer, of, lockedBy, ignored }) => [
            [
              `  ${name}`,
              secret ? '(secret)' : String(value),
              `${from(layer, of)}${lockedBy === undefined ? '' : `, locked by ${from(lockedBy.layer, lockedBy.of)}`}`,
            ],
            ...(ignored ?? []).map((one) => [
              '',
              secret ? '(secret)' : String(one.value),
              `${from(one.layer, one.of)}, in vain`,
            ]),
          ]),
      ),
    ),
    section(
      'raw parameters:',
      table(
        explanation.extra.map(({ name, value, secret, layer, of }) => [
          `  ${name}`,
          secret ? '(secret)' : String(value),
          from(layer, of),
        ]),
      ),
    ),
    section(
      'files that it asks for, in its order:',
      table(
        explanation.files.map(({ name, secret, own, absent, problem }) => [
          `  ${name}`,
          [
            own ? 'its own' : '',
            secret ? 'secret' : '',
            absent === undefined ? '' : `not made: ${absent}`,
            problem === undefined ? '' : `PROBLEM: ${problem}`,
          ]
            .filter((part) => part !== '')
            .join(', '),
        ]),
      ),
    ),
    section('stored pictures and sounds:', table((explanation.media ?? []).map((text) => [`  ${text}`]))),
    section('given, but without effect:', table(explanation.warnings.map((text) => [`  ${text}`]))),
    section(
      'journey:',
      table((journey?.happenings ?? []).map(({ at, text }) => [`  ${new Date(at).toISOString().slice(0, 19)}Z`, text])),
    ),
  ]
  return sections.filter((text) => text !== '').join('\n')
}

function from(layer: string, of: string | undefined): string {
  return of === undefined ? layer : `${layer} ${of}`
}

/** A heading with rows under it; nothing when there are no rows and the heading ends in a colon. */
function section(heading: string, rows: string): string {
  return rows === '' && heading.endsWith(':') ? '' : `${heading}\n${rows}`
}
