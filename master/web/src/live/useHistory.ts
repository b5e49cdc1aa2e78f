// The history of a run, or of one of its endpoints, read again every few seconds while it grows.
import { useEffect, useState } from 'preact/hooks';
import { active, connection } from '../store';
import type { History } from '../types';
import { history } from './api';

const kPause_ms = 3000;

export function useHistory(run: number | null, endpoint: number | null, grows: boolean) {
  const [found, setFound] = useState<History | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const going = grows && active.value && connection.value.status === 'open';
  useEffect(() => {
    if (run === null || run <= 0) return undefined;
    let over = false;
    let timer: number | undefined;
    const read = async () => {
      if (!going || !document.hidden) {
        try {
          const fresh = await history(run, endpoint);
          if (over) return;
          setFound(fresh);
          setProblem(null);
        } catch (error) {
          if (over) return;
          setProblem((error as Error).message);
        }
      }
      if (going) timer = window.setTimeout(() => void read(), kPause_ms);
    };
    void read();
    return () => {
      over = true;
      window.clearTimeout(timer);
    };
    // A run that has just ended is read once more: `going` changes.
  }, [run, endpoint, going]);
  const fits = found !== null && found.run === run;
  return { history: fits ? found : null, problem };
}
