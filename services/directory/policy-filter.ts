import type { Filter } from './codec-ldap.ts'
import { attributeKey, type Compared, comparable, isOrdered, KNOWN } from './policy-schema.ts'

// Filters in the three-valued logic of RFC 4511 section 4.5.1.7: undefined is neither true nor false.

export type Test = (entry: Compared) => boolean | undefined

const UNDEFINED: Test = () => undefined

/** Makes a filter into a test; its values are prepared once for all entries. */
export function compileFilter(filter: Filter): Test {
  switch (filter.kind) {
    case 'and': {
      const tests = filter.filters.map(compileFilter)
      return (entry) => {
        let result: boolean | undefined = true
        for (const test of tests) {
          const value = test(entry)
          if (value === false) return false
          if (value === undefined) result = undefined
        }
        return result
      }
    }
    case 'or': {
      const tests = filter.filters.map(compileFilter)
      return (entry) => {
        let result: boolean | undefined = false
        for (const test of tests) {
          const value = test(entry)
          if (value === true) return true
          if (value === undefined) result = undefined
        }
        return result
      }
    }
    case 'not': {
      const test = compileFilter(filter.filter)
      return (entry) => {
        const value = test(entry)
        return value === undefined ? undefined : !value
      }
    }
    case 'present': {
      const key = attributeKey(filter.attribute)
      return (entry) => entry.has(key)
    }
    case 'substrings':
      return substrings(filter)
    case 'extensible': {
      const { attribute, rule, value, dnAttributes } = filter
      // Only `(cn:=x)` and `(cn:caseIgnoreMatch:=x)`: no rule of another name is known here.
      const known =
        rule === undefined || /^(caseIgnoreMatch|2\.5\.13\.2|telephoneNumberMatch|2\.5\.13\.20)$/i.test(rule)
      if (attribute === undefined || !known || dnAttributes) return UNDEFINED
      return compare('equal', attribute, value)
    }
    default:
      return compare(filter.kind, filter.attribute, filter.value)
  }
}

function compare(kind: 'equal' | 'greater' | 'less' | 'approximate', attribute: string, value: string): Test {
  const key = attributeKey(attribute)
  if (!KNOWN.has(key)) return UNDEFINED
  const wanted = comparable(key, value)
  if (kind !== 'equal' && kind !== 'approximate' && !isOrdered(key)) return UNDEFINED
  const fits = {
    equal: (one: string) => one === wanted,
    approximate: (one: string) => one.includes(wanted),
    greater: (one: string) => one >= wanted,
    less: (one: string) => one <= wanted,
  }[kind]
  return (entry) => entry.get(key)?.some(fits) ?? false
}

function substrings({ attribute, initial, any, final }: Extract<Filter, { kind: 'substrings' }>): Test {
  const key = attributeKey(attribute)
  if (!KNOWN.has(key)) return UNDEFINED
  const part = (text: string | undefined) => (text === undefined ? '' : comparable(key, text))
  // A blank at an end of a part stands for itself: `(cn=Ada *)` is not `(cn=Ada*)`.
  const first =
    initial === undefined ? '' : `${part(initial)}${/\s$/u.test(initial) && part(initial) !== '' ? ' ' : ''}`
  const last = final === undefined ? '' : `${/^\s/u.test(final) && part(final) !== '' ? ' ' : ''}${part(final)}`
  const middle = any.map(part)
  return (entry) =>
    entry.get(key)?.some((value) => {
      if (!value.startsWith(first) || !value.endsWith(last)) return false
      let at = first.length
      const end = value.length - last.length
      for (const text of middle) {
        const found = value.indexOf(text, at)
        if (found === -1) return false
        at = found + text.length
      }
      return at <= end
    }) ?? false
}
