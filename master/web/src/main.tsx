import { begin } from './live/live';
import { show } from './page';

begin();
show();
