/** Drawn on 24 × 24, in lines of the text's colour. */
const PATHS = {
  overview: 'M4 13h6V4H4zM14 20h6v-9h-6zM14 4v4h6V4zM4 20h6v-4H4z',
  phone: 'M6 3h12v18H6zM9 6h6v5H9zM9 14h.01M12 14h.01M15 14h.01M9 17h.01M12 17h.01M15 17h.01',
  new: 'M12 4v16M4 12h16',
  people:
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c0-3.5 3-6 6.5-6s6.5 2.5 6.5 6M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14.5c2.1.9 3.5 3 3.5 5.5',
  files: 'M6 3h8l4 4v14H6zM14 3v4h4M9 13h6M9 17h6',
  network: 'M9 3h6v5H9zM3 16h6v5H3zM15 16h6v5h-6zM12 8v4M6 16v-4h12v4',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5',
  again: 'M20 12a8 8 0 1 1-2.5-5.800M20 3v5h-5',
  warn: 'M12 4 2.5 20h19zM12 10v4M12 17h.01',
  ok: 'M4 12.5 9.5 18 20 6.5',
  close: 'M6 6l12 12M18 6 6 18',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  left: 'M14 6l-6 6 6 6',
  down: 'M6 9l6 6 6-6',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.500M17.5 17.5 19 19M5 19l1.5-1.500M17.5 6.5 19 5',
  lease: 'M4 6h16M4 12h16M4 18h10',
  file: 'M7 3h7l4 4v14H7z',
  told: 'M4 5h16v11H9l-5 4z',
  pencil: 'M4 20l1-5L16 4l4 4L9 19z',
  eye: 'M2.5 12S6 6 12 6s9.5 6 9.5 6-3.5 6-9.5 6-9.5-6-9.5-6zM12 14.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.500 20c0-3.5 3.5-6 7.5-6s7.5 2.5 7.5 6',
  lock: 'M6 11h12v10H6zM9 11V7a3 3 0 0 1 6 0v4',
  settings:
    'M4 7h9M17 7h3M4 17h3M11 17h9M15 9.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM9 19.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
  template: 'M8 6 3 12l5 6M16 6l5 6-5 6M13.5 4l-3 16',
  activity: 'M3 12h4l3 8 4-16 3 8h4',
  system: 'M4 4h16v6H4zM4 14h16v6H4zM7.500 7h.01M7.500 17h.01',
  camera: 'M3 8h4l2-3h6l2 3h4v11H3zM12 17a4 4 0 1 0 0-8 4 4 0 0 0 0 8z',
  drag: 'M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01',
} as const
export type IconName = keyof typeof PATHS

/** A picture beside a text, which says the same: screen readers pass over it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}
