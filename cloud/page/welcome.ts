// One small page: somebody opens the link of an invitation, the first owner's included. Everything else is the API's.

const HTML = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Branchline</title>
<link rel="stylesheet" href="/welcome.css">
<main>
<h1>Branchline</h1>
<p id="text" role="status">One moment …</p>
<form id="form" hidden>
<label data-for="accountName" hidden>Name of your organisation <input name="accountName" maxlength="100" autocomplete="organization"></label>
<label data-for="email" hidden>E-mail address <input name="email" type="email" maxlength="254" autocomplete="username"></label>
<label>Your name <input name="name" maxlength="100" required autocomplete="name"></label>
<label>A new password, at least 10 characters <input name="password" type="password" minlength="10" required autocomplete="new-password"></label>
<button>Join</button>
</form>
</main>
<script type="module" src="/welcome.js"></script>
</html>
`

const SCRIPT = `const token = location.hash.slice(1)
const form = document.querySelector('#form')
const say = (text) => { document.querySelector('#text').textContent = text }
async function post(path, body) {
  const response = await fetch('/api/v1/' + path, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
  })
  const answer = await response.json()
  if (!response.ok) {
    const faults = answer.error.faults.map((fault) => fault.path + ' ' + fault.message)
    throw new Error([answer.error.message, ...faults].join('; '))
  }
  return answer
}
function need(name, wanted) {
  const label = document.querySelector('[data-for="' + name + '"]')
  label.hidden = !wanted
  label.querySelector('input').required = wanted
}
try {
  const welcome = await post('invitations/look', { token })
  say(welcome.account === null ? 'Make the first account and its owner.' : 'You are invited to ' + welcome.account + '.')
  if (welcome.known) say('You are invited to ' + welcome.account + '. Sign in as ' + welcome.email + ' first, then join.')
  need('accountName', welcome.account === null)
  need('email', welcome.email === null)
  form.hidden = welcome.known
} catch (error) { say(error.message) }
form.addEventListener('submit', async (event) => {
  event.preventDefault()
  const given = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ''))
  try {
    await post('invitations/accept', { token, ...given })
    form.hidden = true
    history.replaceState(null, '', '/welcome')
    say('Done: you are signed in.')
  } catch (error) { say(error.message) }
})
`

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;color-scheme:light dark;margin:0}
main{max-width:26rem;margin:10vh auto;padding:0 1rem}label{display:block;margin:0 0 1rem}label[hidden],form[hidden]{display:none}
input{display:block;width:100%;box-sizing:border-box;font:inherit;padding:.5rem}button{font:inherit;padding:.5rem 1.5rem}`

const ASSETS = {
  '/welcome': ['text/html; charset=utf-8', HTML],
  '/welcome.js': ['text/javascript; charset=utf-8', SCRIPT],
  '/welcome.css': ['text/css; charset=utf-8', STYLE],
} as const

export function welcomeAsset(path: keyof typeof ASSETS): Response {
  const [type, text] = ASSETS[path]
  return new Response(text, { headers: { 'content-type': type } })
}
