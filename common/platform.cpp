#include "common/platform.h"

#include <sys/utsname.h>

namespace swarm {

std::string platform() {
  utsname system{};
  ::uname(&system);
#if defined(_GLIBCXX_USE_CXX11_ABI)
  const std::string library = " libstdc++ ABI " + std::to_string(__GXX_ABI_VERSION);
#else
  const std::string library = " another C++ library";
#endif
  return std::string(system.sysname) + " " + system.machine + library + ", swarm " SWARM_VERSION;
}

}  // namespace swarm
