#include "worker/http/client.h"

#include <algorithm>
#include <utility>

#include "worker/http/ascii.h"
#include "worker/http/basic_auth.h"

namespace swarm::http {

Result<std::shared_ptr<const ClientBase>> ClientBase::create(std::string_view url,
                                                             const Habits& habits) {
  SWARM_TRY_ASSIGN(auto parsed, Url::parse(url));
  SWARM_TRY_ASSIGN(auto defaults, RequestDefaults::create(parsed.host_header(), habits.headers));
  std::string authorization = basic_auth_from_userinfo(parsed.userinfo());
  return std::make_shared<const ClientBase>(
      ClientBase{std::move(parsed), std::move(defaults), std::move(authorization)});
}

Exchange::Pooled::Pooled(Client& client_, ConnectionOwner& owner, const Origin& origin_,
                         Trust trust_)
    : client(client_), connection(client_.engine_, owner), origin(origin_), trust(trust_) {}

// Nobody waits for anything here: whatever comes, the connection cannot be used again.
void Exchange::Pooled::received(std::string_view) { client.discard(*this); }
void Exchange::Pooled::closed(Failure) { client.discard(*this); }

Client::Client(Engine& engine, std::shared_ptr<const ClientBase> base, const Habits& habits)
    : engine_(engine),
      base_(std::move(base)),
      habits_(habits),
      trust_(trust_if(engine.options().verify)) {}

Client::~Client() = default;

std::unique_ptr<Client::Pooled> Client::take(const Origin& origin, Trust trust) {
  // The one used last is the least likely to be closed. A close that has arrived was told before:
  // the loop serves sockets before timers.
  for (std::size_t at = idle_.size(); at-- > 0;) {
    if (idle_[at]->trust != trust || !(idle_[at]->origin == origin)) continue;
    std::unique_ptr<Pooled> found = std::move(idle_[at]);
    idle_.erase(idle_.begin() + static_cast<std::ptrdiff_t>(at));
    return found;
  }
  return nullptr;
}

void Client::keep(std::unique_ptr<Pooled> connection) {
  connection->connection.set_owner(*connection);
  if (idle_.size() == kMaxIdle) idle_.erase(idle_.begin());
  idle_.push_back(std::move(connection));
}

void Client::discard(Pooled& connection) {
  std::erase_if(idle_, [&](const auto& idle) { return idle.get() == &connection; });
}

Result<RequestDefaults> Client::defaults_for(const Url& url) const {
  std::vector<Header> headers(habits_.headers.begin(), habits_.headers.end());
  for (const auto& [name, value] : headers_) {
    headers.push_back({name, value ? std::string_view(*value) : kOmitted});
  }
  return RequestDefaults::create(url.host_header(), headers);
}

// Without a base there is nothing to prepare: the headers are only checked.
Result<void> Client::rebuild_defaults() {
  SWARM_TRY_ASSIGN(auto defaults, defaults_for(base_ ? base_->url : Url{}));
  defaults_ =
      base_ && !headers_.empty() ? std::make_unique<RequestDefaults>(std::move(defaults)) : nullptr;
  return {};
}

Result<void> Client::set_header(std::string_view name, std::string_view value) {
  const auto before = headers_;
  std::erase_if(headers_,
                [&](const auto& header) { return equals_ignoring_case(header.first, name); });
  if (!value.empty()) headers_.emplace_back(name, value);
  auto built = rebuild_defaults();
  if (!built) headers_ = before;
  return built;
}

Result<void> Client::set_headers(std::span<const Header> headers) {
  auto before = std::move(headers_);
  headers_.clear();
  for (const auto& [name, value] : headers) {
    headers_.emplace_back(
        name, value.data() == nullptr ? std::nullopt : std::optional(std::string(value)));
  }
  auto built = rebuild_defaults();
  if (!built) headers_ = std::move(before);
  return built;
}

void Client::set_basic_auth(std::string_view user, std::string_view password) {
  authorization_ = basic_auth(user, password);
}

void Client::set_timeouts(Duration connect, Duration read) {
  connect_timeout_ = connect;
  read_timeout_ = read;
}

}  // namespace swarm::http
