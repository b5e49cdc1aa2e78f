import { narrow } from '../prefs';
import { Icon } from './Icon';

interface SearchProps {
  what: string; // is searched
  text: string;
  onInput: (text: string) => void;
}

export function Search({ what, text, onInput }: SearchProps) {
  return (
    <label class="search">
      <Icon name="search" />
      <input type="search" data-search placeholder={narrow.value ? `Search ${what}` : `Search ${what} ( / )`} aria-label={`Search ${what}`} value={text}
        onInput={(event) => onInput(event.currentTarget.value)} />
    </label>
  );
}
