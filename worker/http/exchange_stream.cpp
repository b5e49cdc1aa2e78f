#include "worker/http/client.h"
#include "worker/http/redirect.h"

// The body of a streamed request, which comes after its exchange is over.

namespace swarm::http {

// After bytes that did not end the response: its head, or more of its body.
void Exchange::stream_on() {
  if (phase_ == Phase::Reading) {
    if (allow_redirects_ && is_redirect(response_)) return;  // its body is read to the end
    if (response_.sets_cookies) store_cookies();
    sent_ = true;
    ended_ = arrived();
    phase_ = Phase::Streaming;
  }
  deadline_ = TimePoint::max();  // nobody waits
  Connection& connection = connection_->connection;
  if (response_.body.size() >= kMostUnread && connection.flushed()) connection.pause();
  tell();
}

void Exchange::await_body(Completion done) {
  done_ = done;
  connection_->connection.resume();
  await_until(loop().now() + read_timeout_);
}

}  // namespace swarm::http
