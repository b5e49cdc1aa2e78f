// Small line icons, drawn here so that none is fetched.

const kPaths = {
  download: 'M8 2.5v8m0 0L4.800 7.300M8 10.500l3.200-3.200M3 13.500h10',
  sun: 'M8 5.200a2.800 2.800 0 1 0 0 5.600 2.800 2.800 0 0 0 0-5.600zM8 1.500v1.300M8 13.200v1.300M1.500 8h1.300M13.200 8h1.300M3.400 3.400l.900.900M11.700 11.700l.900.900M12.600 3.400l-.900.900M4.300 11.700l-.900.900',
  moon: 'M13.300 9.600A5.800 5.800 0 0 1 6.400 2.700a5.600 5.600 0 1 0 6.900 6.900z',
  help: 'M6.100 6.200a2 2 0 1 1 2.800 1.900c-.600.300-.900.700-.900 1.400M8 11.800v.100M8 1.800a6.200 6.200 0 1 0 0 12.400A6.200 6.200 0 0 0 8 1.800z',
  close: 'M4 4l8 8M12 4l-8 8',
  search: 'M7 2.800a4.200 4.200 0 1 0 0 8.400 4.200 4.200 0 0 0 0-8.400zM10.200 10.200l3.300 3.300',
  columns: 'M2.500 3.500h11v9h-11zM6.200 3.500v9M9.800 3.500v9',
  back: 'M9.500 3.500L5 8l4.500 4.500',
  chevron: 'M6 3.500L10.500 8 6 12.500',
  copy: 'M5.500 5.500h7v8h-7zM3.500 10.500v-8h7',
  edit: 'M3 13l.700-3L10.500 3.200l2.300 2.300L6 12.300z',
  stop: 'M4 4h8v8H4z',
  reset: 'M3 8a5 5 0 1 0 1.600-3.700M3 2.800v2.700h2.700',
  play: 'M5 3.200v9.600L12.500 8z',
  warning: 'M8 2.300l6 11H2zM8 6.500v3.200M8 11.500v.100',
  check: 'M3 8.500l3.300 3.300L13 4.800',
  leave: 'M9.500 2.500h-6v11h6M6.500 8h7m0 0l-2.500-2.500M13.500 8L11 10.500',
} as const;

export type IconName = keyof typeof kPaths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={kPaths[name]} />
    </svg>
  );
}
