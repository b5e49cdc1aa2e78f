#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "cli/target/answer.h"
#include "cli/target/body_reader.h"
#include "cli/target/outbox.h"
#include "cli/target/request.h"
#include "cli/target/site.h"
#include "common/clock.h"

namespace swarm::target {

// What the connection is to do when it has sent what is in the outbox.
enum class Next : std::uint8_t {
  Receive,   // give the next bytes to receive()
  Continue,  // call resume(): there is more to send
  Wait,      // call resume() when it is due()
  Close,
  Refuse,  // close; but first read on a while, or the client may never see the answer
};

// One client's connection as HTTP sees it: requests in, answers out, pipelined ones in order.
// No sockets and no clock.
//
// Flow    bytes received -> [Conversation] -> bytes to send, and what to do then
// Thread  loop
// Errors  what is not HTTP is answered with its status and Next::Refuse
class Conversation {
 public:
  // `site` must outlive the conversation.
  explicit Conversation(Site& site) : site_(site) {}

  // REQUIRES: the last Next was Receive, or there was none; `out` is empty. Keeps what it cannot
  // use yet, so that `bytes` may go.
  Next receive(std::string_view bytes, Outbox& out, TimePoint now);

  // Goes on after Continue or Wait.
  Next resume(Outbox& out, TimePoint now);

  // After Next::Wait.
  TimePoint due() const { return long_answer_->due; }

 private:
  // A request whose body has not arrived as a whole.
  struct Upload {
    std::string head;
    BodyReader reader;
    bool keeps_body;
    std::string body;
  };
  // An answer that is not given at once.
  struct LongAnswer {
    TimePoint due;
    std::string opening;  // head and body
    std::uint64_t filler_sent = 0;
    std::uint64_t filler = 0;
    std::uint64_t chunks_sent = 0;
    std::uint64_t chunks = 0;
    bool chunked = false;  // a last chunk must tell the end
    Duration interval{};
    Ending ending = Ending::KeepAlive;
  };

  Next serve(std::string_view bytes, Outbox& out, TimePoint now);
  Next next_request(std::string_view& bytes, Outbox& out, TimePoint now);
  Next begin(std::string_view head, Request& request, std::string_view& bytes, Outbox& out,
             TimePoint now);
  Next begin_upload(std::string_view head, const Request& request, bool keeps_body,
                    bool more_is_there, Outbox& out);
  Next go_on_with_upload(std::string_view& bytes, Outbox& out, TimePoint now);
  Next give(const Page& page, const Request& request, Outbox& out, TimePoint now);
  Next give(Answer answer, const Request& request, Outbox& out, TimePoint now);
  Next go_on_with_answer(Outbox& out, TimePoint now);
  Next refuse(const Refusal& refusal, Outbox& out);

  Site& site_;
  std::string kept_;          // received, not used yet
  std::size_t scanned_ = 0;   // of kept_, without finding the end of a head
  bool needs_bytes_ = false;  // the last request that began is not complete
  std::unique_ptr<Upload> upload_;
  std::unique_ptr<LongAnswer> long_answer_;
};

}  // namespace swarm::target
