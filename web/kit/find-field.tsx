/** Where to type what a list is narrowed by; its label is for those who do not see the place. */
export function FindField(props: {
  id: string
  label: string
  placeholder: string
  value: string
  change: (text: string) => void
}) {
  return (
    <>
      <label class="unseen" for={props.id}>
        {props.label}
      </label>
      <input
        id={props.id}
        type="search"
        value={props.value}
        placeholder={props.placeholder}
        onInput={(event) => props.change(event.currentTarget.value)}
      />
    </>
  )
}
