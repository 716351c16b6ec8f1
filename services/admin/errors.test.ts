import { expect, it } from 'vitest'
import { ConflictError, InvariantError, NotFoundError, OperatorError } from '../core/errors.ts'
import { answerFor, ForbiddenError } from './errors.ts'

it.each([
  [new NotFoundError('no such'), false, 404, 'not-found'],
  [new ForbiddenError('no'), false, 403, 'forbidden'],
  [new ConflictError('changed'), false, 409, 'conflict'],
  [new ConflictError('changed'), true, 412, 'precondition-failed'],
  [new OperatorError('bad'), true, 400, 'bad-input'],
  [new InvariantError('ours'), false, 500, 'internal'],
  [new TypeError('ours'), false, 500, 'internal'],
  ['thrown text', false, 500, 'internal'],
])('%s (conditional %j) is %i %s', (thrown, conditional, status, code) => {
  const answer = answerFor(thrown, conditional)
  expect([answer.status, answer.body.error.code, answer.body.error.faults]).toEqual([status, code, []])
  if (status === 500) expect(answer.body.error.message).not.toMatch(/ours|thrown/)
})

it('passes on the faults of a service', () => {
  const faults = [{ path: 'a', message: 'one' }, { path: 'b', message: 'two' }, { path: 'c' }, null]
  expect(answerFor(Object.assign(new OperatorError('bad'), { faults }), false).body.error.faults).toEqual([
    { path: 'a', message: 'one' },
    { path: 'b', message: 'two' },
  ])
})
