import type { Definition, Model } from './definition.ts'

/** The parts of a firmware text that versions are compared by, or undefined when it has none. */
export function versionOf(definition: Definition, firmware: string | undefined): readonly number[] | undefined {
  if (firmware === undefined) return undefined
  const text = definition.version?.regex.exec(firmware.slice(0, 100))?.groups?.version ?? firmware
  const parts = text.split(/[^0-9]+/).filter((part) => part !== '')
  return parts.length === 0 ? undefined : parts.map(Number)
}

function compareVersions(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < b.length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** Whether a named condition holds for a model with a firmware. Only as many parts as the condition has are compared. */
export function holds(
  definition: Definition,
  name: string,
  model: Model,
  firmware: string | undefined,
  depth = 0,
): boolean {
  const condition = definition.conditions.get(name)
  // Conditions that lead back to themselves hold for nothing.
  if (condition === undefined || depth > 8) return false
  const { families, models, features, all, any, not } = condition
  const other = (named: string) => holds(definition, named, model, firmware, depth + 1)
  if (families !== undefined && (model.family === undefined || !families.includes(model.family))) return false
  if (models !== undefined && !models.includes(model.model)) return false
  if (features !== undefined && !features.every((feature) => model.features.includes(feature))) return false
  if (all !== undefined && !all.every(other)) return false
  if (any !== undefined && !any.some(other)) return false
  if (not?.some(other)) return false
  if (condition.firmware === undefined) return true
  // `model.firmware` is written as the comparable version itself; a device's own text goes through the pattern.
  const version = versionOf(definition, firmware) ?? model.firmware?.split('.').map(Number)
  if (version === undefined) return false
  const order = compareVersions(version, condition.firmware.version)
  switch (condition.firmware.operator) {
    case '>=':
      return order >= 0
    case '>':
      return order > 0
    case '<=':
      return order <= 0
    case '<':
      return order < 0
    case '=':
      return order === 0
  }
}
