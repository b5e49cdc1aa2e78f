import { Empty } from '../ui/Empty';

export function Downloads() {
  return <div class="screen"><Empty title="Not yet" /></div>;
}
