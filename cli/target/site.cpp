#include "cli/target/site.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>
#include <vector>

#include "cli/target/text.h"

namespace swarm::target {
namespace {

// Longer answers are made for each request, or they would fill the memory.
constexpr std::uint64_t kMaxPreparedBytes = 64 * 1024;

// What /random throws a die with eight faces for.
constexpr std::array kRandomStatuses{200, 200, 200, 200, 201, 404, 500, 503};

PreparedAnswer prepare(Answer answer) {
  const Request keep_alive;
  PreparedAnswer prepared;
  prepared.bytes = encode_head(answer, keep_alive);
  prepared.head_size = prepared.bytes.size();
  if (carries_body(answer.status, keep_alive)) {
    prepared.bytes += answer.body;
    append_filler(prepared.bytes, 0, answer.filler);
  }
  return prepared;
}

bool worth_keeping(const Route& route) {
  const bool sized = route.kind == Kind::Bytes || route.kind == Kind::Json;
  return is_constant(route) && (!sized || route.number <= kMaxPreparedBytes);
}

}  // namespace

Site::Site() : die_(std::random_device{}()) {
  for (std::size_t i = 0; i < kRandomStatuses.size(); ++i) {
    const auto status = static_cast<std::uint64_t>(kRandomStatuses[i]);
    random_answers_[i] = prepare(target::answer({Kind::Status, status}, Request{}));
  }
}

Page& Site::lookup(std::string_view path) {
  const auto found = pages_.find(path);
  if (found != pages_.end()) return found->second;

  const Route route = parse_route(path);
  if (pages_.size() < kMaxPages && page_bytes_ + path.size() < kMaxPageBytes) {
    Page& page = pages_[std::string{path}];
    page.route = route;
    page_bytes_ += path.size() + sizeof(Page);
    if (worth_keeping(route) && page_bytes_ < kMaxPageBytes) {
      page.prepared = prepare(target::answer(route, Request{}));
      page_bytes_ += page.prepared.bytes.size();
    }
    return page;
  }
  other_.route = route;
  return other_;
}

const Page& Site::visit(std::string_view path) {
  Page& page = lookup(path);
  if (page.route.kind != Kind::Log) ++page.requests;
  return page;
}

const PreparedAnswer* Site::prepared(const Page& page) {
  if (!page.prepared.bytes.empty()) return &page.prepared;
  if (page.route.kind == Kind::Random) return &random_answers_[die_() / 2 % random_answers_.size()];
  return nullptr;
}

Answer Site::answer(const Page& page, const Request& request) {
  switch (page.route.kind) {
    case Kind::Random: {
      const int status = kRandomStatuses[die_() / 2 % kRandomStatuses.size()];
      return target::answer({Kind::Status, static_cast<std::uint64_t>(status)}, request);
    }
    case Kind::Log:
      return answer_log(request);
    default:
      return target::answer(page.route, request);
  }
}

Answer Site::answer_log(const Request& request) {
  std::vector<std::pair<std::string_view, std::uint64_t>> counts;
  std::uint64_t total = other_.requests;
  for (const auto& [path, page] : pages_) {
    if (page.requests > 0) counts.emplace_back(path, page.requests);
    total += page.requests;
  }
  std::sort(counts.begin(), counts.end());
  if (other_.requests > 0) counts.emplace_back(kOtherPaths, other_.requests);

  Answer answer{.content_type = kJson};
  std::string& text = answer.body;
  text = fmt::format(R"({{"requests":{},"connections":{},"refused":{},"paths":{{)", total,
                     connections_, refused_);
  for (const auto& [path, count] : counts) {
    if (!text.ends_with('{')) text += ',';
    append_json(text, path);
    fmt::format_to(std::back_inserter(text), ":{}", count);
  }
  text += "}}";

  const auto reset = find_parameter(request.query, "reset");
  if (reset && *reset != "0") {
    for (auto& [path, page] : pages_) page.requests = 0;
    other_.requests = connections_ = refused_ = 0;
  }
  return answer;
}

}  // namespace swarm::target
