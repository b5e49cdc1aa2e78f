import { Empty } from '../ui/Empty';

export function Logs() {
  return <div class="screen"><Empty title="Not yet" /></div>;
}
