import { Empty } from '../ui/Empty';

export function Ratio() {
  return <div class="screen"><Empty title="Not yet" /></div>;
}
