import { ApiError } from '../api.ts'
import { sendFile } from '../upload.ts'

/** Sends a file of lines and reads the answer; `told` hears how much of it is there. */
export async function postText<Answer>(path: string, file: Blob, told: (part: number) => void): Promise<Answer> {
  const text = await sendFile('POST', path, file, told, 'application/x-ndjson')
  try {
    return JSON.parse(text) as Answer
  } catch {
    throw new ApiError(0, 'the answer cannot be read')
  }
}
