import { OperatorError } from '../../services/core/errors.ts'

/** A socket that could not be opened: the port is taken or not allowed, or the interface is not there. */
export class SocketError extends OperatorError {
  override readonly name = 'SocketError'
}
