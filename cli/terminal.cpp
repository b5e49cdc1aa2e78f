#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

namespace swarm {

Terminal terminal_at(int descriptor) {
  Terminal terminal;
  if (::isatty(descriptor) == 0) return terminal;
  terminal.interactive = true;
  // A terminal that does not know its size (a serial line, some CI systems) says 0.
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0) return terminal;
  if (size.ws_col > 0) terminal.columns = size.ws_col;
  if (size.ws_row > 0) terminal.rows = size.ws_row;
  return terminal;
}

Terminal stderr_terminal() { return terminal_at(STDERR_FILENO); }

}  // namespace swarm
