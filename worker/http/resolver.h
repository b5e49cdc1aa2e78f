#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/clock.h"
#include "common/loop.h"

namespace swarm::http {

// A numeric address with its port, as connect(2) takes it.
struct Address {
  sockaddr_storage storage{};
  socklen_t length = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

// What a (host, port) stands for, shared by all users of the process. Connections are spread over
// its addresses in turn; one that refused is passed over for a while if there are others.
class Endpoints {
 public:
  static constexpr std::chrono::seconds kAvoid{5};

  explicit Endpoints(std::vector<Address> addresses);

  std::size_t size() const { return places_.size(); }
  // The next address to try. REQUIRES: size() > 0.
  std::size_t pick(TimePoint now);
  const Address& address(std::size_t place) const { return places_[place].address; }
  // Nobody answered there at `now`.
  void avoid(std::size_t place, TimePoint now) { places_[place].avoid_until = now + kAvoid; }

 private:
  struct Place {
    Address address;
    TimePoint avoid_until{};
  };
  std::vector<Place> places_;
  std::size_t next_ = 0;
};

// Resolves names once per kTtl, on Asio's resolver thread, for all users together. Numeric hosts
// are never looked up.
//
// Flow    host, port -> [Resolver] -> Endpoints
// Thread  loop
// Errors  a name that cannot be resolved is told as null, and asked for again after kRetry
class Resolver {
 public:
  static constexpr std::chrono::seconds kTtl{60};
  static constexpr std::chrono::seconds kRetry{1};

  // Somebody who waits for a name; forgotten when destroyed.
  class Waiter {
   public:
    Waiter() = default;
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    // `endpoints` is null if the name could not be resolved.
    virtual void resolved(std::shared_ptr<Endpoints> endpoints) = 0;
    void forget();

   protected:
    ~Waiter() { forget(); }

   private:
    friend class Resolver;
    std::vector<Waiter*>* list_ = nullptr;
  };

  explicit Resolver(Loop& loop);
  ~Resolver();

  // The answer if it is known already; else null, and the waiter is told later, not from inside
  // this call. REQUIRES: the waiter waits for nothing else.
  std::shared_ptr<Endpoints> resolve(std::string_view host, std::uint16_t port, Waiter& waiter);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace swarm::http
