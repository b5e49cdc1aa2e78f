#include "master/server/web_assets.h"

namespace swarm::master {

// A program with its page has the source that cmake/embed_assets.py makes.
#ifndef SWARM_PAGE
std::span<const WebAsset> built_in_assets() { return {}; }
#endif

}  // namespace swarm::master
