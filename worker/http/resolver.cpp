#include "worker/http/resolver.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <utility>

#include "common/net.h"

namespace swarm::http {
namespace {

using Tcp = asio::ip::tcp;

Address to_address(const Tcp::endpoint& endpoint) {
  Address address;
  std::memcpy(&address.storage, endpoint.data(), endpoint.size());
  address.length = static_cast<socklen_t>(endpoint.size());
  return address;
}

}  // namespace

Endpoints::Endpoints(std::vector<Address> addresses) {
  for (const Address& address : addresses) places_.push_back({address});
}

std::size_t Endpoints::pick(TimePoint now) {
  for (std::size_t tried = 0; tried < places_.size(); ++tried) {
    const std::size_t place = next_++ % places_.size();
    if (places_[place].avoid_until <= now) return place;
  }
  return next_++ % places_.size();
}

struct Resolver::State {
  // What is known of one (host, port). Nodes of a map stay where they are, so that waiters can
  // point to their list.
  struct Entry {
    std::shared_ptr<Endpoints> endpoints;
    TimePoint valid_until = TimePoint::min();
    bool asked = false;
    std::vector<Waiter*> waiters;
  };

  explicit State(Loop& loop_) : loop(loop_) {}

  void answer(Entry& entry, const error_code& error, const Tcp::resolver::results_type& results) {
    entry.asked = false;
    entry.valid_until = loop.now() + (error ? Duration{kRetry} : Duration{kTtl});
    if (!error) {
      std::vector<Address> addresses;
      for (const auto& result : results) addresses.push_back(to_address(result.endpoint()));
      entry.endpoints = std::make_shared<Endpoints>(std::move(addresses));
    }
    // With an error an older answer stays: a name server that hiccups ends no run.
    tell(entry);
  }

  void tell(Entry& entry) {
    // One by one, since being told may end other waiters; and no more than there were, since it
    // may also make somebody ask again at once.
    for (std::size_t left = entry.waiters.size(); left > 0 && !entry.waiters.empty(); --left) {
      Waiter& waiter = *entry.waiters.front();
      waiter.forget();
      waiter.resolved(entry.endpoints);
    }
  }

  Loop& loop;
  std::optional<Tcp::resolver> names;  // from the first name on: a loop without Asio rests longer
  std::map<std::pair<std::string, std::uint16_t>, Entry, std::less<>> entries;
  std::shared_ptr<bool> alive = std::make_shared<bool>(true);
};

Resolver::Resolver(Loop& loop) : state_(std::make_unique<State>(loop)) {}

Resolver::~Resolver() {
  for (auto& [name, entry] : state_->entries) {
    while (!entry.waiters.empty()) entry.waiters.back()->forget();
  }
}

std::shared_ptr<Endpoints> Resolver::resolve(std::string_view host, std::uint16_t port,
                                             Waiter& waiter) {
  State& state = *state_;
  State::Entry& entry = state.entries[{std::string(host), port}];
  if (entry.valid_until > state.loop.now() && entry.endpoints) return entry.endpoints;

  error_code not_numeric;
  const auto numeric = asio::ip::make_address(std::string(host), not_numeric);
  if (!not_numeric) {
    entry.endpoints =
        std::make_shared<Endpoints>(std::vector{to_address(Tcp::endpoint(numeric, port))});
    entry.valid_until = TimePoint::max();
    return entry.endpoints;
  }

  entry.waiters.push_back(&waiter);
  waiter.list_ = &entry.waiters;
  if (entry.asked) return nullptr;
  entry.asked = true;
  if (entry.valid_until > state.loop.now()) {  // it failed a moment ago
    state.loop.defer([&state, &entry, alive = std::weak_ptr<bool>(state.alive)] {
      if (alive.expired()) return;
      entry.asked = false;
      state.tell(entry);
    });
    return nullptr;
  }
  if (!state.names) state.names.emplace(state.loop.io());
  state.names->async_resolve(std::string(host), std::to_string(port),
                             Tcp::resolver::numeric_service,
                             [&state, &entry, alive = std::weak_ptr<bool>(state.alive)](
                                 const error_code& error, const auto& results) {
                               if (!alive.expired()) state.answer(entry, error, results);
                             });
  return nullptr;
}

void Resolver::Waiter::forget() {
  if (list_ == nullptr) return;
  std::erase(*std::exchange(list_, nullptr), this);
}

}  // namespace swarm::http
