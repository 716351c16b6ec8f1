import { t } from '../i18n.ts'
import { Said } from '../kit/states.tsx'
import { to } from '../router.ts'
import { askSession, session } from '../session.ts'
import { FirstAccount } from '../sign-in.tsx'
import { about } from '../state.ts'
import { goOn, Standing, StepFrame } from './step.tsx'

/** The account of whoever sets the box up: without one the page is open to everybody at the machine. */
export function AccountStep() {
  const signedIn = session.value.state === 'signed-in'
  return (
    <StepFrame
      step="account"
      why={t('Your account is the key to this box. Once there is one, the page is also reached over the network.')}
      passOn={signedIn ? t('Go on') : t('Go on without')}
    >
      {signedIn ? (
        <>
          <Standing href={to('system', 'account')} where={t('System')}>
            <p>{t('You are signed in as {name}.', { name: session.value.account ?? '' })}</p>
          </Standing>
          <Places />
        </>
      ) : (
        <FirstAccount
          needsSetupCode={false}
          done={() =>
            void askSession().then((state) => {
              session.value = state
              goOn('account')
            })
          }
        />
      )}
    </StepFrame>
  )
}

/** Where the page is found from other machines. */
function Places() {
  const pages = about.value.kind === 'ready' ? about.value.value.listeners.filter((it) => it.service === 'page') : []
  if (pages.length === 0) return null
  return (
    <div>
      <p>{t('From other machines the page is at:')}</p>
      <ul>
        {pages.map(({ where }) => (
          <li key={where}>
            <Said>{where}</Said>
          </li>
        ))}
      </ul>
    </div>
  )
}
