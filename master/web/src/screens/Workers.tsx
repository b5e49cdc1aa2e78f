import { Empty } from '../ui/Empty';

export function Workers() {
  return <div class="screen"><Empty title="Not yet" /></div>;
}
