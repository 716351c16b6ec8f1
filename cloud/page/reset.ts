// The page that the link for a new password opens; without a link, the one on which it is asked for.

const HTML = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Branchline</title>
<link rel="stylesheet" href="/welcome.css">
<main>
<h1>Branchline</h1>
<p id="text" role="status">Set a new password.</p>
<form id="ask" hidden>
<label>E-mail address <input name="email" type="email" maxlength="254" required autocomplete="username"></label>
<button>Send me a link</button>
</form>
<form id="set" hidden>
<label>A new password, at least 10 characters <input name="password" type="password" minlength="10" required autocomplete="new-password"></label>
<button>Set it</button>
</form>
</main>
<script type="module" src="/reset.js"></script>
</html>
`

const SCRIPT = `const token = location.hash.slice(1)
const form = document.querySelector(token === '' ? '#ask' : '#set')
const say = (text) => { document.querySelector('#text').textContent = text }
form.hidden = false
form.addEventListener('submit', async (event) => {
  event.preventDefault()
  const given = Object.fromEntries(new FormData(form))
  const [path, body, done] = token === ''
    ? ['reset', given, 'If there is somebody with this address, a link is on its way.']
    : ['reset/confirm', { token, ...given }, 'Done. Sign in with the new password.']
  const response = await fetch('/api/v1/sign-in/' + path, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
  })
  if (!response.ok) return say((await response.json()).error.message)
  form.hidden = true
  history.replaceState(null, '', '/reset')
  say(done)
})
`

const ASSETS = {
  '/reset': ['text/html; charset=utf-8', HTML],
  '/reset.js': ['text/javascript; charset=utf-8', SCRIPT],
} as const

export const RESET_PATHS = ['/reset', '/reset.js'] as const

export function resetAsset(path: keyof typeof ASSETS): Response {
  const [type, text] = ASSETS[path]
  return new Response(text, { headers: { 'content-type': type } })
}
