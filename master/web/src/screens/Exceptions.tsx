import { Empty } from '../ui/Empty';

export function Exceptions() {
  return <div class="screen"><Empty title="Not yet" /></div>;
}
