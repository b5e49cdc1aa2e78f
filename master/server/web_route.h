#pragma once

#include <cstdint>
#include <string_view>

#include "master/server/web_site.h"

namespace swarm::master {

// One row of the table of routes.
struct WebSite::Route {
  enum class Open : std::uint8_t { ToUsers, ToAll };  // where a login is asked for
  enum class Effect : std::uint8_t { Reads, Changes };
  using Handler = void (WebSite::*)(const WebRequest&, const Respond&);

  std::string_view method;  // GET answers HEAD as well
  std::string_view path;    // a last part {NAME} stands for one part, {NAME...} for all that follow
  Handler handler;
  std::string_view summary;
  Effect effect = Effect::Reads;
  Open open = Open::ToUsers;
  bool legacy = false;  // a GET that changes something: with legacy_get only
  std::string_view answer = "application/json";
};

}  // namespace swarm::master
