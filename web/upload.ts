import { ApiError } from './api.ts'

/** Sends one file to be stored under its own name; `told` hears how much of it is there. */
export async function uploadFile(file: File, told: (part: number) => void): Promise<void> {
  await putFile(`/files/${encodeURIComponent(file.name)}`, file, told)
}

/** PUTs a file's bytes and returns the text of the answer. */
export function putFile(path: string, file: Blob, told: (part: number) => void = () => undefined): Promise<string> {
  return sendFile('PUT', path, file, told)
}

export function sendFile(
  method: 'PUT' | 'POST',
  path: string,
  file: Blob,
  told: (part: number) => void,
  type = 'application/octet-stream',
): Promise<string> {
  return new Promise((resolve, reject) => {
    // fetch() cannot say how far an upload is.
    const request = new XMLHttpRequest()
    request.open(method, `/api/v1${path}`)
    request.setRequestHeader('x-branchline', '1')
    request.setRequestHeader('content-type', type)
    request.upload.onprogress = (event) => told(event.lengthComputable ? event.loaded / event.total : 0)
    request.onerror = () => reject(new ApiError(0, 'the server cannot be reached'))
    request.onload = () => {
      if (request.status < 300) return resolve(request.responseText)
      reject(new ApiError(request.status, messageIn(request.responseText) ?? `the server answered ${request.status}`))
    }
    request.send(file)
  })
}

function messageIn(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { error?: { message?: string } }).error?.message
  } catch {
    return undefined
  }
}

export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`
  return bytes < 1_000_000_000 ? `${(bytes / 1_000_000).toFixed(1)} MB` : `${(bytes / 1_000_000_000).toFixed(1)} GB`
}
