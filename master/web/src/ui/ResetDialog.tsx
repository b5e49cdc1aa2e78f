import { reset } from '../live/api';
import { active, notify } from '../store';
import { closeDialog, Modal } from './Modal';

async function askToReset(): Promise<void> {
  closeDialog();
  try {
    await reset();
    notify('good', 'All statistics are at zero.');
  } catch (error) {
    notify('bad', `Nothing was reset: ${(error as Error).message}.`);
  }
}

export function ResetDialog() {
  return (
    <Modal title="Reset the statistics?">
      <p>Counts, response times, failures and charts of this run begin again at zero.{active.value ? ' The users go on.' : ' No run is on: what it measured is gone then.'}</p>
      <div class="form-end">
        <button type="button" class="button" onClick={closeDialog}>Keep them</button>
        <button type="button" class="button danger" onClick={() => void askToReset()}>Reset</button>
      </div>
    </Modal>
  );
}
