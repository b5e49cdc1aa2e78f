#include "cli/target/conversation.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace swarm::target {
namespace {

Next after(Ending ending) {
  switch (ending) {
    case Ending::KeepAlive:
      return Next::Receive;
    case Ending::Close:
      return Next::Close;
    case Ending::Refuse:
      break;
  }
  return Next::Refuse;
}

// Empty lines before a request are passed over, as some clients end a body with one.
void skip_empty_lines(std::string_view& bytes) {
  for (;;) {
    if (bytes.starts_with("\r\n"))
      bytes.remove_prefix(2);
    else if (bytes.starts_with('\n'))
      bytes.remove_prefix(1);
    else
      return;
  }
}

}  // namespace

Next Conversation::receive(std::string_view bytes, Outbox& out, TimePoint now) {
  if (kept_.empty()) return serve(bytes, out, now);
  kept_.append(bytes);
  const std::string joined = std::exchange(kept_, {});
  return serve(joined, out, now);
}

Next Conversation::resume(Outbox& out, TimePoint now) {
  if (long_answer_) {
    const Next next = go_on_with_answer(out, now);
    if (next != Next::Receive) return next;
  }
  return receive({}, out, now);  // what was pipelined behind it
}

Next Conversation::serve(std::string_view bytes, Outbox& out, TimePoint now) {
  Next next = Next::Receive;
  needs_bytes_ = false;
  while (next == Next::Receive && !bytes.empty() && !needs_bytes_) {
    if (out.full()) {
      next = Next::Continue;
    } else {
      next = upload_ ? go_on_with_upload(bytes, out, now) : next_request(bytes, out, now);
    }
  }
  kept_.assign(bytes);
  return next;
}

Next Conversation::next_request(std::string_view& bytes, Outbox& out, TimePoint now) {
  skip_empty_lines(bytes);
  const std::size_t size = head_size(bytes, scanned_);
  if (size == std::string_view::npos ? bytes.size() > kMaxHeadBytes : size > kMaxHeadBytes) {
    return refuse({431, "the request's head is longer than 64 KiB"}, out);
  }
  if (size == std::string_view::npos) {
    scanned_ = bytes.size();
    needs_bytes_ = true;
    return Next::Receive;
  }
  scanned_ = 0;
  const std::string_view head = bytes.substr(0, size);
  bytes.remove_prefix(size);
  auto parsed = parse_request(head);
  if (const Refusal* refusal = std::get_if<Refusal>(&parsed)) return refuse(*refusal, out);
  return begin(head, std::get<Request>(parsed), bytes, out, now);
}

Next Conversation::begin(std::string_view head, Request& request, std::string_view& bytes,
                         Outbox& out, TimePoint now) {
  const Page& page = site_.visit(request.path);
  if (!request.has_body() || page.route.kind == Kind::Drop) return give(page, request, out, now);

  const bool echo = page.route.kind == Kind::Echo;
  if (echo && request.content_length > kMaxEchoBytes) {
    return refuse({413, "/echo takes bodies up to 64 MiB"}, out);
  }
  if (request.chunked || request.content_length > bytes.size()) {
    return begin_upload(head, request, echo, !bytes.empty(), out);
  }
  request.body = bytes.substr(0, request.content_length);
  bytes.remove_prefix(request.content_length);
  return give(page, request, out, now);
}

Next Conversation::begin_upload(std::string_view head, const Request& request, bool keeps_body,
                                bool more_is_there, Outbox& out) {
  upload_ =
      std::make_unique<Upload>(Upload{std::string{head}, BodyReader{request}, keeps_body, {}});
  // A client that has sent some of the body does not wait for leave.
  if (request.expects_continue && !more_is_there && !request.http_1_0) {
    out.text() += "HTTP/1.1 100 Continue\r\n\r\n";
  }
  return Next::Receive;
}

Next Conversation::go_on_with_upload(std::string_view& bytes, Outbox& out, TimePoint now) {
  Upload& upload = *upload_;
  upload.reader.read(bytes, upload.keeps_body ? &upload.body : nullptr);
  if (upload.reader.bad()) return refuse({400, "the body's chunks are broken"}, out);
  if (upload.keeps_body && upload.reader.bytes_read() > kMaxEchoBytes) {
    return refuse({413, "/echo takes bodies up to 64 MiB"}, out);
  }
  if (!upload.reader.done()) return Next::Receive;

  const std::unique_ptr<Upload> whole = std::exchange(upload_, nullptr);
  Request request = std::get<Request>(parse_request(whole->head));
  request.body = whole->body;
  return give(site_.find(request.path), request, out, now);
}

Next Conversation::give(const Page& page, const Request& request, Outbox& out, TimePoint now) {
  // The hot path: everything is ready, and nothing is allocated.
  const PreparedAnswer* const prepared = site_.prepared(page);
  if (prepared != nullptr && request.keep_alive && !request.http_1_0) {
    const std::string_view bytes{prepared->bytes};
    out.add_prepared(request.is_head() ? bytes.substr(0, prepared->head_size) : bytes);
    return Next::Receive;
  }
  return give(site_.answer(page, request), request, out, now);
}

Next Conversation::give(Answer answer, const Request& request, Outbox& out, TimePoint now) {
  if (answer.silent) return after(answer.ending);
  std::string opening = answer.raw ? std::string{} : encode_head(answer, request);
  if (answer.raw || carries_body(answer.status, request)) {
    opening += answer.body;
  } else {
    answer.filler = answer.chunks = 0;
    answer.streamed = false;
  }
  if (answer.delay == Duration{} && answer.filler == 0 && !answer.streamed) {
    out.text() += opening;
    return after(answer.ending);
  }
  long_answer_ =
      std::make_unique<LongAnswer>(LongAnswer{.due = now + answer.delay,
                                              .opening = std::move(opening),
                                              .filler = answer.filler,
                                              .chunks = answer.chunks,
                                              .chunked = answer.streamed && !request.http_1_0,
                                              .interval = answer.interval,
                                              .ending = answer.ending});
  return go_on_with_answer(out, now);
}

Next Conversation::go_on_with_answer(Outbox& out, TimePoint now) {
  LongAnswer& answer = *long_answer_;
  if (now < answer.due) return Next::Wait;
  out.text() += std::exchange(answer.opening, {});
  while (answer.filler_sent < answer.filler) {
    if (out.full()) return Next::Continue;
    const std::uint64_t part =
        std::min<std::uint64_t>(answer.filler - answer.filler_sent, filler_block().size());
    append_filler(out.text(), answer.filler_sent, part);
    answer.filler_sent += part;
  }
  while (answer.chunks_sent < answer.chunks) {
    if (now < answer.due) return Next::Wait;
    if (out.full()) return Next::Continue;
    append_chunk(out.text(), answer.chunks_sent, answer.chunked);
    ++answer.chunks_sent;
    answer.due += answer.interval;
  }
  if (answer.chunked) out.text() += "0\r\n\r\n";
  const Ending ending = answer.ending;
  long_answer_.reset();
  return after(ending);
}

Next Conversation::refuse(const Refusal& refusal, Outbox& out) {
  site_.count_refusal();
  Answer answer = target::refuse(refusal);
  out.text() += encode_head(answer, Request{});
  out.text() += answer.body;
  return Next::Refuse;
}

}  // namespace swarm::target
