import { Empty } from '../ui/Empty';

export function Failures() {
  return <div class="screen"><Empty title="Not yet" /></div>;
}
